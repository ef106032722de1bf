import type { KubernetesObject } from "./object.ts";
import { matchesLabels } from "./selector.ts";
import type { Store } from "./store.ts";

const BUDGETS = "poddisruptionbudgets.policy";

/** Keeps the status of PodDisruptionBudgets true, as pkg/controller/disruption does, since evictions go by it. */
export function keepBudgets(store: Store): void {
  const recompute = ({ object }: { object: KubernetesObject }) => {
    for (const budget of store.list(BUDGETS, { namespace: object.metadata.namespace })) keepBudget(store, budget);
  };
  for (const resource of [BUDGETS, "pods"]) store.watch(resource, recompute);
}

function keepBudget(store: Store, budget: KubernetesObject): void {
  const { namespace, name, generation } = budget.metadata;
  const { selector, minAvailable, maxUnavailable } = budget.spec ?? {};
  const pods = store
    .list("pods", { namespace })
    .filter(({ metadata }) => matchesLabels(selector, metadata.labels ?? {}));
  // The real controller asks the pods' owners how many there should be; owners here replace a lost pod at once.
  const expectedPods = pods.length;
  const share = (of: number | string) =>
    typeof of === "number" ? of : Math.ceil((Number.parseInt(of, 10) * expectedPods) / 100);
  const desiredHealthy =
    maxUnavailable === undefined ? share(minAvailable ?? 0) : Math.max(0, expectedPods - share(maxUnavailable));
  const currentHealthy = pods.filter((pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod)).length;
  const disruptionsAllowed = Math.max(0, currentHealthy - desiredHealthy);
  const counts = { expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed };
  const setStatus = (draft: KubernetesObject) => {
    draft.status = { ...draft.status, ...counts, observedGeneration: generation };
  };
  store.modify(BUDGETS, namespace, name, setStatus, { subresource: "status" });
}

/** Whether a pod's Ready condition is true. */
export function isReady({ status }: KubernetesObject): boolean {
  const conditions: { type: string; status: string }[] = status?.conditions ?? [];
  return conditions.some((condition) => condition.type === "Ready" && condition.status === "True");
}
