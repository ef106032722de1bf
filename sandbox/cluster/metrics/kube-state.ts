import type { KubernetesObject, Store } from "../../api/index.ts";
import type { Deployment, Endpoints, Owned, Pod, ReplicaSet, Service } from "../objects.ts";
import { quantity } from "../quantity.ts";
import type { Family, Sample } from "./exposition.ts";

type Labels = Record<string, string | undefined>;
type Rows<T> = (object: T) => Sample[];

/** What kube-state-metrics 2.18 says of the objects that AutoHeal's rules ask for; names and labels are its own. */
export function kubeState(store: Store): Family[] {
  return [
    ...families(
      store.list<Pod>("pods"),
      ({ metadata: { namespace, name, uid } }) => ({ namespace, pod: name, uid }),
      PODS,
    ),
    ...families(store.list<ReplicaSet>("replicasets.apps"), named("replicaset"), REPLICA_SETS),
    ...families(store.list<Deployment>("deployments.apps"), named("deployment"), DEPLOYMENTS),
    ...families(
      store.list<KubernetesObject>("horizontalpodautoscalers.autoscaling"),
      named("horizontalpodautoscaler"),
      AUTOSCALERS,
    ),
    ...families(store.list<Endpoints>("endpoints"), named("endpoint"), ENDPOINTS),
    ...families(store.list<Service>("services"), named("service"), SERVICES),
  ];
}

const PODS: Record<string, Rows<Pod>> = {
  kube_pod_info: ({ metadata, spec, status }) => {
    const owner = metadata.ownerReferences?.find(({ controller }) => controller);
    const by = { created_by_kind: owner?.kind ?? "", created_by_name: owner?.name ?? "" };
    return one(1, { host_ip: status?.hostIP ?? "", pod_ip: status?.podIP ?? "", node: spec.nodeName ?? "", ...by });
  },
  kube_pod_owner: owners,
  kube_pod_created: created,
  kube_pod_status_phase: ({ status }) =>
    ["Pending", "Succeeded", "Failed", "Unknown", "Running"].map((phase) => [
      { phase },
      Number(status?.phase === phase),
    ]),
  kube_pod_status_ready: (pod) =>
    conditionRows(pod.status?.conditions?.find(({ type }) => type === "Ready")?.status, "condition"),
  kube_pod_container_status_restarts_total: (pod) => ofContainer(pod, ({ restartCount }) => [[{}, restartCount]]),
  kube_pod_container_status_ready: (pod) => ofContainer(pod, ({ ready }) => [[{}, Number(ready)]]),
  kube_pod_container_status_running: (pod) =>
    ofContainer(pod, ({ state }) => [[{}, Number(state?.running !== undefined)]]),
  kube_pod_container_status_waiting_reason: (pod) =>
    ofContainer(pod, ({ state }) => (state?.waiting ? one(1, { reason: state.waiting.reason }) : [])),
  kube_pod_container_status_last_terminated_reason: (pod) =>
    ofContainer(pod, ({ lastState }) => (lastState?.terminated ? one(1, { reason: lastState.terminated.reason }) : [])),
  kube_pod_container_status_last_terminated_exitcode: (pod) =>
    ofContainer(pod, ({ lastState }) => (lastState?.terminated ? one(lastState.terminated.exitCode) : [])),
  kube_pod_container_status_last_terminated_timestamp: (pod) =>
    ofContainer(pod, ({ lastState }) => (lastState?.terminated ? one(seconds(lastState.terminated.finishedAt)) : [])),
  kube_pod_container_resource_limits: (pod) => resources(pod, "limits"),
  kube_pod_container_resource_requests: (pod) => resources(pod, "requests"),
};

const REPLICA_SETS: Record<string, Rows<ReplicaSet>> = {
  kube_replicaset_owner: owners,
  kube_replicaset_spec_replicas: ({ spec }) => one(spec?.replicas ?? 1),
  kube_replicaset_status_ready_replicas: ({ status }) => one(status?.readyReplicas ?? 0),
};

const DEPLOYMENTS: Record<string, Rows<Deployment>> = {
  kube_deployment_created: created,
  kube_deployment_spec_replicas: ({ spec }) => one(spec.replicas ?? 1),
  kube_deployment_spec_paused: ({ spec }) => one(Number(spec.paused ?? false)),
  kube_deployment_status_replicas: ({ status }) => one(status?.replicas ?? 0),
  kube_deployment_status_replicas_ready: ({ status }) => one(status?.readyReplicas ?? 0),
  kube_deployment_status_replicas_available: ({ status }) => one(status?.availableReplicas ?? 0),
  kube_deployment_status_replicas_updated: ({ status }) => one(status?.updatedReplicas ?? 0),
  kube_deployment_status_replicas_unavailable: ({ status }) => one(status?.unavailableReplicas ?? 0),
  kube_deployment_status_observed_generation: ({ status }) => one(status?.observedGeneration ?? 0),
  kube_deployment_metadata_generation: ({ metadata }) => one(metadata.generation ?? 0),
  kube_deployment_status_condition: ({ status }) =>
    (status?.conditions ?? []).flatMap(({ type, status: value, reason }) =>
      conditionRows(value, "status").map(
        ([labels, number]): Sample => [{ reason, condition: type, ...labels }, number],
      ),
    ),
};

const AUTOSCALERS: Record<string, Rows<KubernetesObject>> = {
  kube_horizontalpodautoscaler_info: ({ spec }) => {
    const { kind, name } = spec?.scaleTargetRef ?? {};
    return one(1, { scaletargetref_kind: kind, scaletargetref_name: name });
  },
  kube_horizontalpodautoscaler_spec_min_replicas: ({ spec }) => one(spec?.minReplicas ?? 1),
  kube_horizontalpodautoscaler_spec_max_replicas: ({ spec }) => one(spec?.maxReplicas ?? 0),
  kube_horizontalpodautoscaler_status_current_replicas: ({ status }) => one(status?.currentReplicas ?? 0),
  kube_horizontalpodautoscaler_status_desired_replicas: ({ status }) => one(status?.desiredReplicas ?? 0),
};

// kube_endpoint_address_available is gone since 2.14: count these by `ready` instead.
const ENDPOINTS: Record<string, Rows<Endpoints>> = {
  kube_endpoint_address: ({ subsets = [] }) =>
    subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }) =>
      ports.flatMap(({ port, name: port_name = "", protocol: port_protocol }) => {
        const at = { port_protocol, port_number: String(port), port_name };
        const row =
          (ready: string) =>
          ({ ip }: { ip: string }) =>
            one(1, { ...at, ip, ready });
        return [...addresses.flatMap(row("true")), ...notReadyAddresses.flatMap(row("false"))];
      }),
    ),
};

const SERVICES: Record<string, Rows<Service>> = {
  kube_service_info: ({ metadata: { uid }, spec }) => one(1, { uid, cluster_ip: spec.clusterIP ?? "" }),
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

function seconds(time: string | undefined): number {
  return Date.parse(time ?? "") / 1000;
}

function created({ metadata }: Owned): Sample[] {
  return one(seconds(metadata.creationTimestamp));
}

function owners({ metadata }: Owned): Sample[] {
  return (metadata.ownerReferences ?? []).flatMap(({ kind, name, controller = false }) =>
    one(1, { owner_kind: kind, owner_name: name, owner_is_controller: String(controller) }),
  );
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

function resources({ spec }: Pod, list: "limits" | "requests"): Sample[] {
  const units = { cpu: "core", memory: "byte" } as const;
  return spec.containers.flatMap(({ name, resources }) =>
    (["cpu", "memory"] as const).flatMap((resource) => {
      const value = quantity(resources?.[list]?.[resource]);
      return value === undefined
        ? []
        : one(value, { container: name, node: spec.nodeName, resource, unit: units[resource] });
    }),
  );
}
