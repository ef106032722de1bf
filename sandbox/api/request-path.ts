import type { Kind } from "./kinds.ts";
import { StatusError } from "./status-error.ts";

/** What a request asks for, in the API server's own terms (k8s.io/apiserver RequestInfo). */
export interface RequestInfo {
  verb: "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection";
  /** plural[.group], as in the store. */
  resource: string;
  group: string;
  plural: string;
  subresource: string | undefined;
  namespace: string | undefined;
  name: string | undefined;
  kind: Kind;
}

/** Reads /api/v1/… and /apis/<group>/<version>/…; undefined for paths that name no resource (discovery, health). */
export function parseRequest(method: string, url: URL, kinds: Kind[]): RequestInfo | undefined {
  const parts = url.pathname.split("/").filter((part) => part !== "");
  const head = parts.shift();
  if ((head !== "api" && head !== "apis") || parts.length < (head === "api" ? 2 : 3)) return undefined;
  const group = head === "api" ? "" : (parts.shift() ?? "");
  const version = parts.shift();
  let namespace: string | undefined;
  if (parts[0] === "namespaces" && group + version === "v1" && (parts.length < 3 || SUBRESOURCES.has(parts[2] ?? ""))) {
    namespace = undefined; // the Namespace object itself
  } else if (parts[0] === "namespaces") {
    namespace = decodeURIComponent(parts[1] ?? "");
    parts.splice(0, 2);
  }
  const [plural = "", name, subresource, ...more] = parts.map(decodeURIComponent);
  const kind = kinds.find((one) => one.group === group && one.plural === plural);
  if (kind === undefined || kind.version !== version) {
    const asked = group === "" ? `${version}/${plural}` : `${group}/${version}/${plural}`;
    const served = kind === undefined ? "" : `, only its version ${kind.version}`;
    throw new StatusError(404, "NotFound", `the sandbox does not serve ${asked}${served}`, { group, kind: plural });
  }
  if (more.length > 0 || (namespace !== undefined && !kind.namespaced)) {
    throw new StatusError(404, "NotFound", `the sandbox does not serve the path ${url.pathname}`);
  }
  const verb = verbOf(method, name, url.searchParams);
  return { verb, resource: kind.resource, group, plural, subresource, namespace, name, kind };
}

const SUBRESOURCES = new Set(["status", "finalize"]);

function verbOf(method: string, name: string | undefined, query: URLSearchParams): RequestInfo["verb"] {
  switch (method) {
    case "GET":
      return name !== undefined ? "get" : ["true", "1"].includes(query.get("watch") ?? "") ? "watch" : "list";
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return name === undefined ? "deletecollection" : "delete";
    default:
      throw new StatusError(405, "MethodNotAllowed", `the sandbox does not serve the method ${method}`);
  }
}
