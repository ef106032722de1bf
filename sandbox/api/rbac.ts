import { StatusError } from "./status-error.ts";
import type { Store } from "./store.ts";

/** Who sends a request, as the authenticator found. */
export interface User {
  name: string;
  groups: string[];
}

/** What is asked for; `resource` is the plural, with "/subresource" where there is one. */
export interface AccessRequest {
  verb: string;
  group: string;
  resource: string;
  namespace: string | undefined;
  name: string | undefined;
}

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  verbs?: string[];
}

interface Binding {
  metadata: { namespace?: string };
  subjects?: { kind: string; name: string; namespace?: string }[];
  roleRef: { kind: string; name: string };
}

/** Whether RBAC grants the request, by the stored roles and bindings; members of system:masters may everything. */
export function isAllowed(store: Store, user: User, request: AccessRequest): boolean {
  if (user.groups.includes("system:masters")) return true;
  if (request.group === "authorization.k8s.io" && request.verb === "create") return true; // system:basic-user
  const bindings = store.list<Binding>("clusterrolebindings.rbac.authorization.k8s.io");
  if (request.namespace !== undefined) {
    bindings.push(...store.list<Binding>("rolebindings.rbac.authorization.k8s.io", { namespace: request.namespace }));
  }
  return bindings
    .filter((binding) => (binding.subjects ?? []).some((subject) => isSubject(user, subject, binding)))
    .flatMap((binding) => rulesOf(store, binding))
    .some((rule) => covers(rule, request));
}

/** 403 in the words of the real API server. */
export function forbidden(user: User, request: AccessRequest): StatusError {
  const { verb, group, resource, namespace, name } = request;
  const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
  const [plural = ""] = resource.split("/");
  const qualified = group === "" ? plural : `${plural}.${group}`;
  const what = name === undefined ? qualified : `${qualified} "${name}"`;
  const message = `${what} is forbidden: User "${user.name}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
  const details = { ...(name === undefined ? {} : { name }), ...(group === "" ? {} : { group }), kind: plural };
  return new StatusError(403, "Forbidden", message, details);
}

function isSubject(user: User, subject: { kind: string; name: string; namespace?: string }, binding: Binding): boolean {
  if (subject.kind === "User") return subject.name === user.name;
  if (subject.kind === "Group") return user.groups.includes(subject.name);
  const namespace = subject.namespace ?? binding.metadata.namespace;
  return user.name === `system:serviceaccount:${namespace}:${subject.name}`;
}

function rulesOf(store: Store, binding: Binding): Rule[] {
  const { kind, name } = binding.roleRef;
  const role =
    kind === "ClusterRole"
      ? store.get<{ rules?: Rule[] }>("clusterroles.rbac.authorization.k8s.io", undefined, name)
      : store.get<{ rules?: Rule[] }>("roles.rbac.authorization.k8s.io", binding.metadata.namespace, name);
  return role?.rules ?? [];
}

function covers(rule: Rule, { verb, group, resource, name }: AccessRequest): boolean {
  const has = (list: string[] | undefined, value: string) => list?.includes("*") || list?.includes(value);
  const [, subresource] = resource.split("/");
  const resources =
    has(rule.resources, resource) || (subresource !== undefined && rule.resources?.includes(`*/${subresource}`));
  const names = rule.resourceNames ?? [];
  return Boolean(
    has(rule.verbs, verb) &&
      has(rule.apiGroups, group) &&
      resources &&
      (names.length === 0 || (name !== undefined && names.includes(name))),
  );
}
