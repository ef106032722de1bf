import type { KubernetesObject } from "../object.ts";

// biome-ignore lint/suspicious/noExplicitAny: specs of many kinds, filled in field by field.
type Fields = any;

/**
 * Fills in those defaults of the API server that AutoHeal or people who look would miss (k8s.io/kubernetes
 * pkg/apis/…/defaults.go); the kubelet and the controllers of the sandbox know the others themselves.
 */
export function withDefaults(object: KubernetesObject): KubernetesObject {
  const fill = DEFAULTS[object.kind];
  return fill === undefined || typeof object.spec !== "object" ? object : { ...object, spec: fill(object.spec) };
}

const DEFAULTS: Record<string, (spec: Fields) => Fields> = {
  Pod: (spec) => podSpec(spec),
  Deployment: (spec) => ({
    replicas: 1,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    ...templated(spec),
    strategy: rolling(spec.strategy, { maxSurge: "25%", maxUnavailable: "25%" }),
  }),
  ReplicaSet: (spec) => ({ replicas: 1, ...templated(spec) }),
  StatefulSet: (spec) => ({ replicas: 1, ...templated(spec), updateStrategy: rolling(spec.updateStrategy, {}) }),
  DaemonSet: (spec) => ({ ...templated(spec), updateStrategy: rolling(spec.updateStrategy, { maxUnavailable: 1 }) }),
};

function rolling(strategy: Fields, limits: object): Fields {
  const type = strategy?.type ?? "RollingUpdate";
  return type === "RollingUpdate" ? { type, rollingUpdate: { ...limits, ...strategy?.rollingUpdate } } : strategy;
}

const templated = (spec: Fields): Fields =>
  spec.template?.spec === undefined
    ? spec
    : { ...spec, template: { ...spec.template, spec: podSpec(spec.template.spec) } };

const podSpec = (spec: Fields): Fields => ({
  restartPolicy: "Always",
  terminationGracePeriodSeconds: 30,
  ...spec,
  containers: (spec.containers ?? []).map((container: Fields) => ({
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    resources: {},
    ...container,
  })),
});
