import type { Change } from "../incident/index.ts";
import { healthyPods, livePods, type Pod, type Workload } from "../workload/index.ts";

/**
 * How many healthy pods a change takes away at one time. Of a Deployment, fewer replicas take pods that are not ready first
 * (k8s.io/kubernetes, pkg/controller: ActivePodsWithRanks); of a StatefulSet the last ones, whatever they are.
 */
export function podsTaken(workload: Workload, change: Change): number {
  switch (change.what) {
    case "restartRollout":
      return workload.strategy === "Recreate" ? workload.replicas : workload.maxUnavailable;
    case "rollBack": {
      // Pods that are of the revision already stay.
      const replaced = healthyPods(workload).filter(({ revision }) => revision !== change.toRevision).length;
      return workload.strategy === "Recreate" ? workload.replicas : Math.min(replaced, workload.maxUnavailable);
    }
    case "restartPods":
      return healthyPods(workload).filter((pod) => isNamed(pod, change.pods)).length;
    case "setReplicas":
      return Math.max(
        0,
        (workload.kind === "Deployment" ? healthyPods(workload).length : workload.replicas) - change.replicas,
      );
    case "setMaxReplicas":
      return 0;
  }
}

/** True for a change by which pods get a template that they have not got yet, where only people replace them. */
export function bringsTemplate(workload: Workload, change: Change): boolean {
  const current = workload.revisions.filter(({ fingerprint }) => fingerprint === workload.template);
  const old = livePods(workload).filter(({ revision }) => !current.some(({ name }) => name === revision));
  switch (change.what) {
    case "restartRollout":
    case "rollBack":
      return true;
    case "restartPods":
      return old.some((pod) => isNamed(pod, change.pods));
    case "setReplicas":
    case "setMaxReplicas":
      return old.length > 0;
  }
}

function isNamed({ uid }: Pod, pods: readonly { uid: string }[]): boolean {
  return pods.some((pod) => pod.uid === uid);
}
