import fastJsonPatch, { type JsonPatchError } from "fast-json-patch";
import { badRequest, StatusError } from "./status-error.ts";

// biome-ignore lint/suspicious/noExplicitAny: patches are JSON of any shape.
type Json = any;

const [JSON_PATCH, MERGE, STRATEGIC] = ["json-patch", "merge-patch", "strategic-merge-patch"].map(
  (name) => `application/${name}+json`,
);

/** Applies a patch of the given content type to an object, which is left as it is; the result may share its parts. */
export function applyPatch(contentType: string, target: Json, patch: Json, builtIn: boolean): Json {
  const known = builtIn ? [JSON_PATCH, MERGE, STRATEGIC] : [JSON_PATCH, MERGE];
  if (contentType.startsWith("application/apply-patch")) {
    throw new StatusError(415, "UnsupportedMediaType", `the sandbox does not serve server-side apply (${contentType})`);
  }
  if (!known.includes(contentType)) {
    const message = `the body of the request was in an unknown format - accepted media types include: ${known.join(", ")}`;
    throw new StatusError(415, "UnsupportedMediaType", message);
  }
  if (contentType === JSON_PATCH) return jsonPatch(target, patch);
  if (!isMap(patch)) throw badRequest("a merge patch must be a JSON object");
  return contentType === MERGE ? mergePatch(target, patch) : strategicMerge(target, patch);
}

/** RFC 7386: maps are merged, null deletes, all else (lists too) replaces. */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isMap(patch)) return patch;
  const result: Record<string, Json> = isMap(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

// The lists that kubectl patches by a key (patchMergeKey in k8s.io/api), and their keys; other lists are replaced.
const MERGE_KEYS: Record<string, string[]> = {
  containers: ["name"],
  env: ["name"],
  volumes: ["name"],
  volumeMounts: ["mountPath"],
  ports: ["containerPort", "port"],
  conditions: ["type"],
};

function strategicMerge(target: Json, patch: Json): Json {
  if (!isMap(patch)) return patch;
  const result: Record<string, Json> = isMap(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith("$setElementOrder/")) continue; // only the order
    const mergeKeys = MERGE_KEYS[key];
    if (key.startsWith("$")) throw unserved(key);
    if (value === null) delete result[key];
    else if (Array.isArray(value) && mergeKeys !== undefined) result[key] = mergeList(result[key], value, mergeKeys);
    else result[key] = strategicMerge(result[key], value);
  }
  return result;
}

function mergeList(target: Json, patch: Json[], mergeKeys: string[]): Json[] {
  const result: Json[] = [...(target ?? [])];
  for (const { $patch: directive, ...fields } of patch) {
    if (directive !== undefined && directive !== "delete") throw unserved(`$patch: ${directive}`);
    const mergeKey = mergeKeys.find((key) => fields[key] !== undefined);
    if (mergeKey === undefined) {
      throw badRequest(`map: ${JSON.stringify(fields)} does not contain declared merge key: ${mergeKeys[0]}`);
    }
    const found = result.findIndex((existing) => existing[mergeKey] === fields[mergeKey]);
    const at = found < 0 ? result.length : found;
    result.splice(at, 1, ...(directive === "delete" ? [] : [strategicMerge(result[at], fields)]));
  }
  return result;
}

/** RFC 6902; an operation that cannot be carried out is a 422, as in the real server. */
function jsonPatch(target: Json, operations: Json): Json {
  try {
    return fastJsonPatch.applyPatch(structuredClone(target), operations, true).newDocument;
  } catch (error) {
    const { name, message } = error as JsonPatchError; // reason: with validation it throws no other
    const [why] = message.split("\n");
    if (name === "SEQUENCE_NOT_AN_ARRAY" || name === "OPERATION_OP_INVALID") throw badRequest(why ?? name);
    const refused = "the server rejected our request due to an error in our request";
    throw new StatusError(422, "Invalid", `${refused}: ${why}`);
  }
}

const isMap = (value: unknown): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const unserved = (directive: string): StatusError =>
  badRequest(`the sandbox does not serve the strategic merge directive ${directive}`);
