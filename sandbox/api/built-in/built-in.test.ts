import { expect, test } from "vitest";
import { createStore, type KubernetesObject, StatusError } from "../index.ts";

const main = { name: "main", image: "user:1" };
const aDeployment = (spec: object = {}, container: object = main) => ({
  metadata: { name: "user", namespace: "shop" },
  spec: {
    selector: { matchLabels: { app: "user" } },
    template: { metadata: { labels: { app: "user" } }, spec: { containers: [container] } },
    ...spec,
  },
});

function refused(resource: string, object: object): string[] {
  try {
    createStore().create(resource, object);
    return [];
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const causes = error.details?.causes as { field: string }[]; // as every 422 has them
    return causes.map(({ field }) => field);
  }
}

const template = "spec.template.spec.containers";
test.each<[string, string, object, string[]]>([
  ["a whole Deployment", "deployments.apps", aDeployment(), []],
  ["negative replicas", "deployments.apps", aDeployment({ replicas: -1 }), ["spec.replicas"]],
  ["no selector", "deployments.apps", aDeployment({ selector: undefined }), ["spec.selector"]],
  ["a container without a name", "deployments.apps", aDeployment({}, { image: "a" }), [`${template}[0].name`]],
  ["a container without an image", "deployments.apps", aDeployment({}, { name: "a" }), [`${template}[0].image`]],
  [
    "a variable that is a number",
    "deployments.apps",
    aDeployment({}, { ...main, env: [{ name: "A", value: 1 }] }),
    [`${template}[0].env[0].value`],
  ],
  ["a pod without containers", "pods", { metadata: { name: "a", namespace: "shop" }, spec: {} }, ["spec.containers"]],
  ["a name in capitals", "configmaps", { metadata: { name: "A", namespace: "shop" } }, ["metadata.name"]],
  [
    "a name of 254 letters",
    "configmaps",
    { metadata: { name: "a".repeat(254), namespace: "shop" } },
    ["metadata.name"],
  ],
  ["a name of 253 letters", "configmaps", { metadata: { name: "a".repeat(253), namespace: "shop" } }, []],
  [
    "a label of 64 letters",
    "configmaps",
    { metadata: { name: "a", namespace: "shop", labels: { a: "a".repeat(64) } } },
    ["metadata.labels"],
  ],
  [
    "a label of 63 letters",
    "configmaps",
    { metadata: { name: "a", namespace: "shop", labels: { a: "a".repeat(63) } } },
    [],
  ],
  [
    "an annotation that is no text",
    "configmaps",
    { metadata: { name: "a", namespace: "shop", annotations: { a: true } } },
    ["metadata.annotations.a"],
  ],
  ["a role with colons", "clusterroles.rbac.authorization.k8s.io", { metadata: { name: "system:a" } }, []],
])("rules: %s", (_, resource, object, fields) => {
  expect(refused(resource, object)).toEqual(fields);
});

test("strategies get their defaults; Recreate has no limits", () => {
  const made = (spec: object) => createStore().create("deployments.apps", aDeployment(spec)).spec.strategy;
  const rollingUpdate = { maxSurge: "25%", maxUnavailable: "25%" };
  expect(made({})).toEqual({ type: "RollingUpdate", rollingUpdate });
  expect(made({ strategy: { type: "Recreate" } })).toEqual({ type: "Recreate" });
});

test("writing back what was read changes nothing", () => {
  const store = createStore();
  const made = store.create("deployments.apps", aDeployment());
  expect(store.update<KubernetesObject>("deployments.apps", made)).toBe(made);
});
