/** Merges a patch into a manifest: objects by key, lists of named things by name, null removes; anything else replaces. */
export function merged<T>(original: T, patch: unknown): T {
  return mergeValue(original, patch) as T; // reason: a patched manifest is a manifest
}

function mergeValue(original: unknown, patch: unknown): unknown {
  if (isNamedList(original) && isNamedList(patch)) return mergeLists(original, patch);
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(original) ? { ...original } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergeValue(result[key], value);
  }
  return result;
}

interface Named {
  name: string;
}

function mergeLists(original: readonly Named[], patch: readonly Named[]): Named[] {
  const result = original.map((item) => merged(item, patch.find(({ name }) => name === item.name) ?? {}));
  return [...result, ...patch.filter(({ name }) => !original.some((item) => item.name === name))];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNamedList(value: unknown): value is Named[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((item) => isObject(item) && typeof item.name === "string")
  );
}
