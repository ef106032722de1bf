/** The objects that the contract suite writes, as small as a real API server takes them. */
import type { Container } from "./ground.ts";

const labels = { app: "contract" };

export const aConfigMap = (name: string, more: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, labels },
  data: { a: "1", b: "2" },
  ...more,
});

// The namespace enforces the restricted Pod Security Standard.
const podSpec = (container: object) => ({
  terminationGracePeriodSeconds: 1,
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: "RuntimeDefault" } },
  containers: [{ ...container, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } } }],
});

export const aDeployment = (name: string, replicas: number, container: Container) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, labels: { app: name } },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: podSpec(container) },
  },
});

export const aPod = (name: string, container: Container, app = name) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels: { app } },
  spec: podSpec(container),
});

/** A container that runs and is never ready: nothing listens where its probe asks. */
export const neverReady = (container: Container) => ({
  ...container,
  readinessProbe: { httpGet: { path: "/", port: 9 }, periodSeconds: 1 },
});

export const anEviction = (name: string, uid?: string) => ({
  apiVersion: "policy/v1",
  kind: "Eviction",
  metadata: { name },
  deleteOptions: uid === undefined ? {} : { preconditions: { uid } },
});

export const aBudget = (name: string, minAvailable: number, app = name) => ({
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  metadata: { name },
  spec: { minAvailable, selector: { matchLabels: { app } } },
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
