import type { KubernetesObject } from "./object.ts";
import { matchesLabels } from "./selector.ts";
import type { Store } from "./store.ts";

const BUDGETS = "poddisruptionbudgets.policy";

/** Keeps the status of PodDisruptionBudgets true, as pkg/controller/disruption does, since evictions go by it. */
export function keepBudgets(store: Store): void {
  const recompute = ({ object }: { object: KubernetesObject }) => {
    for (const budget of store.list(BUDGETS, { namespace: object.metadata.namespace })) keepBudget(store, budget);
  };
  for (const resource of [BUDGETS, "pods", "replicasets.apps", "deployments.apps", "statefulsets.apps"]) {
    store.watch(resource, recompute);
  }
}

function keepBudget(store: Store, budget: KubernetesObject): void {
  const { namespace, name, generation } = budget.metadata;
  const { selector, minAvailable, maxUnavailable } = budget.spec ?? {};
  const pods = store
    .list("pods", { namespace })
    .filter(({ metadata }) => matchesLabels(selector, metadata.labels ?? {}));
  const byNumber = typeof minAvailable === "number";
  const expectedPods = byNumber ? pods.length : expectedScale(store, pods);
  const share = (of: number | string) =>
    typeof of === "number" ? of : Math.ceil((Number.parseInt(of, 10) * expectedPods) / 100);
  const desiredHealthy =
    maxUnavailable === undefined ? share(minAvailable ?? 0) : Math.max(0, expectedPods - share(maxUnavailable));
  const currentHealthy = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod)).length;
  const disruptionsAllowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
  store.modify<KubernetesObject>(
    BUDGETS,
    namespace,
    name,
    (draft) => {
      const counts = { expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed };
      draft.status = { ...draft.status, ...counts, observedGeneration: generation };
    },
    { subresource: "status" },
  );
}

/** The sum of the replicas that the pods' controllers want: a Deployment's for its ReplicaSets. */
function expectedScale(store: Store, pods: KubernetesObject[]): number {
  const scales = new Map<string, number>();
  for (const pod of pods) {
    const controller = controllerOf(store, pod);
    const owner = (controller?.kind === "ReplicaSet" && controllerOf(store, controller)) || controller;
    if (owner !== undefined) scales.set(owner.metadata.uid, owner.spec?.replicas ?? 1);
  }
  return [...scales.values()].reduce((sum, replicas) => sum + replicas, 0);
}

function controllerOf(store: Store, { metadata }: KubernetesObject): KubernetesObject | undefined {
  const owner = metadata.ownerReferences?.find((reference) => reference.controller);
  const scaled = ["ReplicaSet", "Deployment", "StatefulSet"].includes(owner?.kind ?? "");
  if (owner === undefined || !scaled) return undefined;
  return store.get(`${owner.kind.toLowerCase()}s.apps`, metadata.namespace, owner.name);
}

function isReady({ status }: KubernetesObject): boolean {
  const conditions: { type: string; status: string }[] = status?.conditions ?? [];
  return conditions.some((condition) => condition.type === "Ready" && condition.status === "True");
}
