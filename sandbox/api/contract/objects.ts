/** The objects that the contract suite writes, as small as a real API server takes them. */

const labels = { app: "contract" };

export const aConfigMap = (name: string, more: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, labels },
  data: { a: "1", b: "2" },
  ...more,
});

export const aDeployment = (name: string, replicas: number, container: object) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, labels: { app: name } },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { terminationGracePeriodSeconds: 1, containers: [container] },
    },
  },
});

export const aPod = (name: string, container: object) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels: { app: name } },
  spec: { terminationGracePeriodSeconds: 1, containers: [container] },
});

export const anEviction = (name: string, uid?: string) => ({
  apiVersion: "policy/v1",
  kind: "Eviction",
  metadata: { name },
  deleteOptions: uid === undefined ? {} : { preconditions: { uid } },
});

export const aBudget = (name: string, minAvailable: number) => ({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: { name },
  spec: { minAvailable, selector: { matchLabels: { app: name } } },
});

const specSchema = {
  type: "object",
  required: ["mode"],
  properties: {
    mode: { type: "string", enum: ["Auto", "Approve"] },
    replicas: { type: "integer", minimum: 0, maximum: 10, default: 2 },
    target: {
      type: "string",
      "x-kubernetes-validations": [{ rule: "self == oldSelf", message: "target is immutable" }],
    },
    limits: { type: "object", properties: { actions: { type: "integer" } }, required: ["actions"] },
  },
  "x-kubernetes-validations": [
    {
      rule: "self.mode == 'Auto' || self.replicas <= 5",
      message: "more than 5 need Auto",
      reason: "FieldValueForbidden",
      fieldPath: ".replicas",
    },
  ],
};

/** A definition of namespaced `trials`, with a status subresource. */
export const aDefinition = (group: string) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `trials.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { plural: "trials", singular: "trial", kind: "Trial" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: specSchema,
              status: { type: "object", properties: { phase: { type: "string" }, seen: { type: "integer" } } },
            },
          },
        },
      },
    ],
  },
});

export const aTrial = (group: string, name: string, spec: object) => ({
  apiVersion: `${group}/v1`,
  kind: "Trial",
  metadata: { name },
  spec,
});
