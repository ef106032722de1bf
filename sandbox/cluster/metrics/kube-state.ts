import type { Store } from "../../api/index.ts";
import type { Deployment, Pod, ReplicaSet } from "../objects.ts";
import { quantity } from "../quantity.ts";
import type { Family, Sample } from "./exposition.ts";

type Labels = Record<string, string | undefined>;
type Rows<T> = (object: T) => Sample[];

/** The families of kube-state-metrics 2.18 that the rules in monitoring/ ask for; names and labels are its own. */
export function kubeState(store: Store): Family[] {
  return [
    ...families(
      store.list<Pod>("pods"),
      ({ metadata: { namespace, name, uid } }) => ({ namespace, pod: name, uid }),
      PODS,
    ),
    ...families(store.list<ReplicaSet>("replicasets.apps"), named("replicaset"), REPLICA_SETS),
    ...families(store.list<Deployment>("deployments.apps"), named("deployment"), DEPLOYMENTS),
  ];
}

const PODS: Record<string, Rows<Pod>> = {
  kube_pod_owner: ({ metadata }) =>
    (metadata.ownerReferences ?? []).flatMap(({ kind, name, controller = false }) =>
      one(1, { owner_kind: kind, owner_name: name, owner_is_controller: String(controller) }),
    ),
  kube_pod_deletion_timestamp: ({ metadata: { deletionTimestamp } }) =>
    deletionTimestamp === undefined ? [] : one(Date.parse(deletionTimestamp) / 1000),
  kube_pod_status_phase: ({ status }) =>
    ["Pending", "Succeeded", "Failed", "Unknown", "Running"].map((phase) => [
      { phase },
      Number(status?.phase === phase),
    ]),
  kube_pod_status_ready: (pod) =>
    conditionRows(pod.status?.conditions?.find(({ type }) => type === "Ready")?.status, "condition"),
  kube_pod_container_status_restarts_total: (pod) => ofContainer(pod, ({ restartCount }) => [[{}, restartCount]]),
  kube_pod_container_status_waiting_reason: (pod) =>
    ofContainer(pod, ({ state }) => (state?.waiting ? one(1, { reason: state.waiting.reason }) : [])),
  kube_pod_container_status_last_terminated_reason: (pod) =>
    ofContainer(pod, ({ lastState }) => (lastState?.terminated ? one(1, { reason: lastState.terminated.reason }) : [])),
  kube_pod_container_resource_limits: ({ spec }) =>
    spec.containers.flatMap(({ name, resources }) =>
      UNITS.flatMap(([resource, unit]) => {
        const value = quantity(resources?.limits?.[resource]);
        return value === undefined ? [] : one(value, { container: name, node: spec.nodeName, resource, unit });
      }),
    ),
};

const UNITS = [
  ["cpu", "core"],
  ["memory", "byte"],
] as const;

const REPLICA_SETS: Record<string, Rows<ReplicaSet>> = {
  kube_replicaset_status_ready_replicas: ({ status }) => one(status?.readyReplicas ?? 0),
};

const DEPLOYMENTS: Record<string, Rows<Deployment>> = {
  kube_deployment_spec_replicas: ({ spec }) => one(spec.replicas ?? 1),
  kube_deployment_spec_paused: ({ spec }) => one(Number(spec.paused ?? false)),
  kube_deployment_status_replicas_available: ({ status }) => one(status?.availableReplicas ?? 0),
  kube_deployment_status_replicas_updated: ({ status }) => one(status?.updatedReplicas ?? 0),
  kube_deployment_status_condition: ({ status }) =>
    (status?.conditions ?? []).flatMap(({ type, status: value, reason }) =>
      conditionRows(value, "status").map(
        ([labels, number]): Sample => [{ reason, condition: type, ...labels }, number],
      ),
    ),
};

function families<T>(objects: T[], identity: (object: T) => Labels, rows: Record<string, Rows<T>>): Family[] {
  return Object.entries(rows).map(([name, row]) => {
    const samples = objects.flatMap((object) =>
      row(object).map(([labels, value]): Sample => [{ ...identity(object), ...labels }, value]),
    );
    const type = name.endsWith("_total") ? "counter" : "gauge";
    return { name, help: "See kube-state-metrics.", type, samples };
  });
}

function named(label: string): (object: { metadata: { namespace?: string; name: string } }) => Labels {
  return ({ metadata }) => ({ namespace: metadata.namespace, [label]: metadata.name });
}

function one(value: number, labels: Labels = {}): Sample[] {
  return [[labels, value]];
}

function conditionRows(value: string | undefined, label: string): Sample[] {
  return ["true", "false", "unknown"].map((word) => [{ [label]: word }, Number(value?.toLowerCase() === word)]);
}

type ContainerStatus = NonNullable<NonNullable<Pod["status"]>["containerStatuses"]>[number];

function ofContainer({ status }: Pod, rows: (container: ContainerStatus) => Sample[]): Sample[] {
  return (status?.containerStatuses ?? []).flatMap((container) =>
    rows(container).map(([labels, value]): Sample => [{ container: container.name, ...labels }, value]),
  );
}
