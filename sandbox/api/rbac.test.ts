import { expect, test } from "vitest";
import { createStore, type Store } from "./index.ts";
import { type AccessRequest, isAllowed } from "./rbac.ts";

const GROUP = "rbac.authorization.k8s.io";
const user = {
  name: "system:serviceaccount:autoheal:scale",
  groups: ["system:serviceaccounts", "system:authenticated"],
};
const subject = { kind: "ServiceAccount", name: "scale", namespace: "autoheal" };
const request: AccessRequest = {
  verb: "patch",
  group: "apps",
  resource: "deployments",
  namespace: "shop",
  name: "user",
};

function aCluster(rules: object[], binding: object = {}): Store {
  const store = createStore();
  store.create(`clusterroles.${GROUP}`, { metadata: { name: "scale" }, rules });
  const roleRef = { apiGroup: GROUP, kind: "ClusterRole", name: "scale" };
  store.create(`rolebindings.${GROUP}`, {
    metadata: { name: "scale", namespace: "shop" },
    subjects: [subject],
    roleRef,
    ...binding,
  });
  return store;
}
const granting = { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "patch"] };

test.each<[string, Partial<AccessRequest>, object, boolean]>([
  ["what the rule names", {}, granting, true],
  ["another verb", { verb: "delete" }, granting, false],
  ["another group", { group: "" }, granting, false],
  ["another kind", { resource: "statefulsets" }, granting, false],
  ["a subresource that the rule does not name", { resource: "deployments/scale" }, granting, false],
  ["a subresource by name", { resource: "deployments/scale" }, { ...granting, resources: ["deployments/scale"] }, true],
  ["a subresource by star", { resource: "deployments/scale" }, { ...granting, resources: ["*/scale"] }, true],
  ["another namespace than the binding's", { namespace: "bank" }, granting, false],
  ["the whole cluster", { namespace: undefined }, granting, false],
  ["a name among resourceNames", {}, { ...granting, resourceNames: ["user"] }, true],
  ["a name not among resourceNames", { name: "auth" }, { ...granting, resourceNames: ["user"] }, false],
  ["no name where resourceNames are given", { name: undefined }, { ...granting, resourceNames: ["user"] }, false],
  ["anything under stars", { verb: "delete" }, { apiGroups: ["*"], resources: ["*"], verbs: ["*"] }, true],
])("%s", (_, more, rule, allowed) => {
  expect(isAllowed(aCluster([rule]), user, { ...request, ...more })).toBe(allowed);
});

test("a binding to another account, or to a role that is not there, grants nothing", () => {
  const other = { subjects: [{ ...subject, name: "restart" }] };
  expect(isAllowed(aCluster([granting], other), user, request)).toBe(false);
  const lost = { roleRef: { apiGroup: GROUP, kind: "Role", name: "scale" } };
  expect(isAllowed(aCluster([granting], lost), user, request)).toBe(false);
});

test("a ClusterRoleBinding grants everywhere, also to a group", () => {
  const store = aCluster([granting], { subjects: [] });
  store.create(`clusterrolebindings.${GROUP}`, {
    metadata: { name: "all" },
    subjects: [{ kind: "Group", name: "system:serviceaccounts" }],
    roleRef: { apiGroup: GROUP, kind: "ClusterRole", name: "scale" },
  });
  expect(isAllowed(store, user, { ...request, namespace: undefined })).toBe(true);
});
