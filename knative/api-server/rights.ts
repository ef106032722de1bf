import type { Ask } from "./index.ts";

/** What can be asked for: a resource, `plural[.group][/subresource]` as contracts write it, and whether namespaces have it. */
export interface Resource {
  name: string;
  namespaced: boolean;
}

/** May I, here? `namespace` undefined asks for all of them, or for what is in none; a `resource` like /metrics is a path. */
export interface Question {
  verb: string;
  resource: string;
  namespace?: string | undefined;
}

/** All verbs of the API; RBAC's own beside them are asked for with the few resources that have them. */
export const verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"];

/** Rights that are on no list of discovery: to be another, to hand out more than one has, paths, or simply everything. */
export const specialRights: readonly (readonly [verb: string, resource: string])[] = [
  ["impersonate", "users"],
  ["impersonate", "groups"],
  ["impersonate", "serviceaccounts"],
  ["impersonate", "uids.authentication.k8s.io"],
  ["impersonate", "userextras.authentication.k8s.io/scopes"],
  ["bind", "roles.rbac.authorization.k8s.io"],
  ["bind", "clusterroles.rbac.authorization.k8s.io"],
  ["escalate", "roles.rbac.authorization.k8s.io"],
  ["escalate", "clusterroles.rbac.authorization.k8s.io"],
  ["approve", "signers.certificates.k8s.io"],
  ["sign", "signers.certificates.k8s.io"],
  ["*", "*"],
  ["*", "*.*"],
  ["get", "/metrics"],
  ["get", "/logs/any"],
  ["get", "/debug/pprof/heap"],
  ["*", "/*"],
];

/** Every resource and subresource that the API server's discovery lists, each once whatever its versions. */
export async function discover(admin: Ask): Promise<Resource[]> {
  const { groups } = (await admin("GET", "/apis")).body;
  const versions = groups.flatMap(({ versions }: { versions: { groupVersion: string }[] }) => versions);
  const paths = ["/api/v1", ...versions.map(({ groupVersion }: { groupVersion: string }) => `/apis/${groupVersion}`)];
  const found = new Map<string, Resource>();
  for (const path of paths) {
    const { status, body } = await admin("GET", path);
    if (status !== 200) throw new Error(`${path}: ${JSON.stringify(body)}`);
    const [, group = ""] = /^\/apis\/(.+)\//.exec(path) ?? [];
    for (const { name, namespaced } of body.resources as Resource[]) {
      const [plural, ...subresource] = name.split("/");
      const full = [group ? `${plural}.${group}` : plural, ...subresource].join("/");
      found.set(full, { name: full, namespaced });
    }
  }
  return [...found.values()];
}

/** Whether the asker may, by the API server's own word (SelfSubjectAccessReview). */
export async function may(ask: Ask, { verb, resource, namespace }: Question): Promise<boolean> {
  const [, plural, group = "", subresource] = /^([^./]+)(?:\.([^/]+))?(?:\/(.+))?$/.exec(resource) ?? [];
  const { status, body } = await ask("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SelfSubjectAccessReview",
    spec: resource.startsWith("/")
      ? { nonResourceAttributes: { verb, path: resource } }
      : { resourceAttributes: { verb, group, resource: plural, subresource, namespace } },
  });
  if (status !== 201) throw new Error(`${verb} ${resource}: ${JSON.stringify(body)}`);
  return body.status.allowed;
}
