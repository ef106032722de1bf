import { isDeepStrictEqual } from "node:util";
import { badRequest, StatusError } from "./status-error.ts";

// biome-ignore lint/suspicious/noExplicitAny: patches are JSON of any shape.
type Json = any;

/** Applies a patch of the given content type to an object, which is left as it is; the result may share its parts. */
export function applyPatch(contentType: string, target: Json, patch: Json, builtIn: boolean): Json {
  const known = ["application/json-patch+json", "application/merge-patch+json"];
  if (builtIn) known.push("application/strategic-merge-patch+json");
  if (contentType.startsWith("application/apply-patch")) {
    throw new StatusError(415, "UnsupportedMediaType", `the sandbox does not serve server-side apply (${contentType})`);
  }
  if (!known.includes(contentType)) {
    const message = `the body of the request was in an unknown format - accepted media types include: ${known.join(", ")}`;
    throw new StatusError(415, "UnsupportedMediaType", message);
  }
  if (contentType === "application/json-patch+json") return jsonPatch(target, patch);
  if (!isMap(patch)) throw badRequest("a merge patch must be a JSON object");
  return contentType === "application/merge-patch+json" ? mergePatch(target, patch) : strategicMerge(target, patch, "");
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

// The lists of the built-in kinds that merge by a key (patchMergeKey in k8s.io/api); other lists are replaced.
const MERGE_KEYS: Record<string, string> = {
  containers: "name",
  initContainers: "name",
  ephemeralContainers: "name",
  env: "name",
  volumes: "name",
  imagePullSecrets: "name",
  volumeMounts: "mountPath",
  "containers.ports": "containerPort",
  "initContainers.ports": "containerPort",
  "spec.ports": "port",
  ownerReferences: "uid",
  conditions: "type",
  hostAliases: "ip",
};

function strategicMerge(target: Json, patch: Json, parent: string): Json {
  if (!isMap(patch)) return patch;
  const { $patch: directive, ...fields } = patch;
  if (directive === "replace") return fields;
  if (directive === "delete") return undefined;
  if (directive !== undefined && directive !== "merge") throw badRequest(`Unrecognized $patch directive: ${directive}`);
  const result: Record<string, Json> = isMap(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(fields)) {
    if (key.startsWith("$setElementOrder/") || key === "$retainKeys") continue; // only the order, and what apply keeps
    if (key.startsWith("$")) throw badRequest(`the sandbox does not serve the strategic merge directive ${key}`);
    const mergeKey = MERGE_KEYS[`${parent}.${key}`] ?? MERGE_KEYS[key];
    if (value === null) delete result[key];
    else if (Array.isArray(value) && mergeKey !== undefined) result[key] = mergeList(result[key], value, mergeKey, key);
    else result[key] = strategicMerge(result[key], value, key);
    if (result[key] === undefined) delete result[key];
  }
  if (Array.isArray(patch.$retainKeys)) {
    for (const key of Object.keys(result)) if (!patch.$retainKeys.includes(key)) delete result[key];
  }
  return result;
}

function mergeList(target: Json, patch: Json[], mergeKey: string, list: string): Json[] {
  let result: Json[] = Array.isArray(target) ? [...target] : [];
  if (patch.some((item) => isMap(item) && item.$patch === "replace")) {
    return patch.filter((item) => item.$patch !== "replace");
  }
  for (const item of patch) {
    if (!isMap(item) || item[mergeKey] === undefined) {
      throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`);
    }
    const at = result.findIndex((existing) => existing[mergeKey] === item[mergeKey]);
    if (item.$patch === "delete") result = result.filter((_, index) => index !== at);
    else if (at < 0) result.push(strategicMerge({}, item, list));
    else result[at] = strategicMerge(result[at], item, list);
  }
  return result;
}

/** RFC 6902; an operation that cannot be carried out is a 422, as in the real server. */
function jsonPatch(target: Json, operations: Json): Json {
  if (!Array.isArray(operations)) throw badRequest("a JSON patch must be a list of operations");
  const root = { root: structuredClone(target) };
  for (const { op, path, from, value } of operations) {
    if (op === "remove") take(root, path, op);
    else if (op === "add") put(root, path, structuredClone(value), op);
    else if (op === "replace") {
      take(root, path, op);
      put(root, path, structuredClone(value), op);
    } else if (op === "move") put(root, path, take(root, from, op), op);
    else if (op === "copy") put(root, path, structuredClone(read(root, from, op)), op);
    else if (op === "test") {
      if (!isDeepStrictEqual(read(root, path, op), value)) throw unprocessable(`testing path ${path} failed`);
    } else throw badRequest(`Unexpected kind: ${op}`);
  }
  return root.root;
}

function locate(root: Json, path: string, op: string): { parent: Json; key: string } {
  if (typeof path !== "string" || (path !== "" && !path.startsWith("/"))) throw badRequest(`invalid path: ${path}`);
  const keys = ["root", ...path.split("/").slice(1)].map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const key = keys.pop() ?? "";
  let parent: Json = root;
  for (const step of keys) parent = parent?.[step];
  if (!isMap(parent) && !Array.isArray(parent))
    throw unprocessable(`${op} operation does not apply: doc is missing path: "${path}"`);
  return { parent, key };
}

function read(root: Json, path: string, op: string): Json {
  const { parent, key } = locate(root, path, op);
  if (!Object.hasOwn(parent, key))
    throw unprocessable(`${op} operation does not apply: doc is missing path: "${path}"`);
  return parent[key];
}

function take(root: Json, path: string, op: string): Json {
  const value = read(root, path, op);
  const { parent, key } = locate(root, path, op);
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return value;
}

function put(root: Json, path: string, value: Json, op: string): void {
  const { parent, key } = locate(root, path, op);
  if (!Array.isArray(parent)) parent[key] = value;
  else {
    const index = key === "-" ? parent.length : Number(key);
    if (!Number.isInteger(index) || index < 0 || index > parent.length) {
      throw unprocessable(`${op} operation does not apply: invalid index in path: "${path}"`);
    }
    parent.splice(index, 0, value);
  }
}

const isMap = (value: unknown): value is Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const unprocessable = (why: string): StatusError =>
  new StatusError(422, "Invalid", `the server rejected our request due to an error in our request: ${why}`);
