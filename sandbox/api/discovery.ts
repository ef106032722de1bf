import type { Store } from "./store.ts";
import type { ApiAnswer } from "./verbs.ts";

const VERBS = ["create", "delete", "get", "list", "patch", "update", "watch"];

/** Answers the paths that name no resource: health, version and what is served; undefined for any other path. */
export function serveDiscovery(store: Store, path: string): ApiAnswer | undefined {
  const json = (body: object): ApiAnswer => ({ code: 200, body });
  if (["/healthz", "/livez", "/readyz"].includes(path)) return { code: 200, body: "ok" };
  if (path === "/version") return json({ major: "1", minor: "34", gitVersion: "v1.34.0-autoheal-sandbox" });
  const parts = path.split("/").filter((part) => part !== "");
  if (parts[0] === "api" && parts.length === 1) return json({ kind: "APIVersions", versions: ["v1"] });
  if (parts[0] === "api" && parts.length === 2) return resourcesOf(store, "", parts[1] ?? "");
  if (parts[0] !== "apis") return undefined;
  if (parts.length === 1) return json({ kind: "APIGroupList", apiVersion: "v1", groups: groupsOf(store) });
  if (parts.length === 2) {
    const group = groupsOf(store).find(({ name }) => name === parts[1]);
    return group === undefined ? undefined : json({ kind: "APIGroup", apiVersion: "v1", ...group });
  }
  return parts.length === 3 ? resourcesOf(store, parts[1] ?? "", parts[2] ?? "") : undefined;
}

function groupsOf(store: Store): { name: string; versions: object[]; preferredVersion: object }[] {
  const groups = new Map(store.kinds().map(({ group, version }) => [group, version]));
  groups.delete("");
  return [...groups].map(([name, version]) => {
    const preferredVersion = { groupVersion: `${name}/${version}`, version };
    return { name, versions: [preferredVersion], preferredVersion };
  });
}

function resourcesOf(store: Store, group: string, version: string): ApiAnswer | undefined {
  const kinds = store.kinds().filter((kind) => kind.group === group && kind.version === version);
  if (kinds.length === 0) return undefined;
  const resources = kinds.flatMap(({ plural, singular, kind, namespaced, shortNames, status, scale }) => {
    const main = { name: plural, singularName: singular, namespaced, kind, verbs: VERBS, shortNames };
    const part = (name: string, partKind: string, verbs: string[]) => [
      { name: `${plural}/${name}`, singularName: "", namespaced, kind: partKind, verbs },
    ];
    return [
      main,
      ...(status ? part("status", kind, ["get", "patch", "update"]) : []),
      ...(scale ? part("scale", "Scale", ["get", "patch", "update"]) : []),
      ...(plural === "pods" ? [...part("log", "Pod", ["get"]), ...part("eviction", "Eviction", ["create"])] : []),
    ];
  });
  const groupVersion = group === "" ? version : `${group}/${version}`;
  return { code: 200, body: { kind: "APIResourceList", apiVersion: "v1", groupVersion, resources } };
}
