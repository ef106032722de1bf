import type { KubernetesObject } from "../object.ts";

// biome-ignore lint/suspicious/noExplicitAny: specs of many kinds, filled in field by field.
type Fields = any;

/** Fills in what the API server fills in, so that what is read back is complete (k8s.io/kubernetes pkg/apis/…/defaults.go). */
export function withDefaults(object: KubernetesObject): KubernetesObject {
  const { kind, spec, metadata } = object;
  if (kind === "Namespace") {
    const labels = { ...metadata.labels, "kubernetes.io/metadata.name": metadata.name };
    return { ...object, metadata: { ...metadata, labels } };
  }
  const fill = DEFAULTS[kind];
  return fill === undefined || typeof spec !== "object" ? object : { ...object, spec: fill(spec) };
}

const DEFAULTS: Record<string, (spec: Fields) => Fields> = {
  Pod: (spec) => ({
    enableServiceLinks: true,
    ...podSpec(spec),
    containers: (spec.containers ?? []).map(podContainer),
  }),
  Deployment: (spec) => ({
    replicas: 1,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    ...templated(spec),
    strategy: rolling(spec.strategy, { maxSurge: "25%", maxUnavailable: "25%" }),
  }),
  ReplicaSet: (spec) => ({ replicas: 1, ...templated(spec) }),
  StatefulSet: (spec) => ({
    replicas: 1,
    revisionHistoryLimit: 10,
    podManagementPolicy: "OrderedReady",
    ...templated(spec),
    updateStrategy: rolling(spec.updateStrategy, { partition: 0 }),
  }),
  DaemonSet: (spec) => ({
    revisionHistoryLimit: 10,
    ...templated(spec),
    updateStrategy: rolling(spec.updateStrategy, { maxSurge: 0, maxUnavailable: 1 }),
  }),
  Service: (spec) => ({
    type: "ClusterIP",
    sessionAffinity: "None",
    internalTrafficPolicy: "Cluster",
    ...spec,
    ports: (spec.ports ?? []).map((port: Fields) => ({ protocol: "TCP", targetPort: port.port, ...port })),
  }),
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
  dnsPolicy: "ClusterFirst",
  schedulerName: "default-scheduler",
  securityContext: {},
  ...spec,
  containers: (spec.containers ?? []).map(container),
  ...(spec.serviceAccountName ? { serviceAccount: spec.serviceAccountName } : {}),
});

function container(given: Fields): Fields {
  const { ports, startupProbe, readinessProbe, livenessProbe, env } = given;
  const [, tag] = /:([^/:@]+)$/.exec(given.image ?? "") ?? [];
  return {
    imagePullPolicy: (tag === undefined || tag === "latest") && !given.image?.includes("@") ? "Always" : "IfNotPresent",
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    resources: {},
    ...given,
    ...(ports ? { ports: ports.map((port: Fields) => ({ protocol: "TCP", ...port })) } : {}),
    ...(startupProbe ? { startupProbe: probe(startupProbe) } : {}),
    ...(readinessProbe ? { readinessProbe: probe(readinessProbe) } : {}),
    ...(livenessProbe ? { livenessProbe: probe(livenessProbe) } : {}),
    ...(env ? { env: env.map(variable) } : {}),
  };
}

const probe = (given: Fields): Fields => ({
  timeoutSeconds: 1,
  periodSeconds: 10,
  successThreshold: 1,
  failureThreshold: 3,
  ...given,
  ...(given.httpGet ? { httpGet: { path: "/", scheme: "HTTP", ...given.httpGet } } : {}),
});

const variable = (given: Fields): Fields =>
  given.valueFrom?.fieldRef
    ? { ...given, valueFrom: { fieldRef: { apiVersion: "v1", ...given.valueFrom.fieldRef } } }
    : given;

/** In pods, not in templates, a limit without a request is the request too. */
function podContainer(given: Fields): Fields {
  const filled = container(given);
  if (filled.resources.limits === undefined) return filled;
  const requests = { ...filled.resources.limits, ...filled.resources.requests };
  return { ...filled, resources: { ...filled.resources, requests } };
}
