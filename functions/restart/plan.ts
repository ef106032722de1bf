import { alreadyThere, markOnly, mergeSpec, notMine, type Plan, writing } from "@autoheal/lib/action";
import { hold } from "@autoheal/lib/effect";
import { livePods, restartedAt } from "@autoheal/lib/workload";

const recovered = "the pods that were to be restarted are ready again";

/**
 * Restarts all pods as `kubectl rollout restart` does, or evicts those of the named pods that are not ready still: a budget
 * that forbids evicting a pod that hangs may allow it just when it has recovered. The time in the template is that of the
 * request, so that writing it again changes nothing.
 */
export const plan: Plan = ({ entry, workload }) => {
  const { change, id, requestedAt } = entry;
  switch (change.what) {
    case "restartRollout": {
      const template = { metadata: { annotations: { [restartedAt]: requestedAt } } };
      return writing(mergeSpec(workload, id, { template }));
    }
    case "restartPods": {
      const left = livePods(workload).filter(({ uid }) => change.pods.some((pod) => pod.uid === uid));
      const pods = left.filter(({ ready }) => !ready).map(({ name, uid }) => ({ name, uid }));
      const mark = markOnly(workload, id);
      if (pods.length === 0) {
        return left.length === change.pods.length ? hold("ChangedMeanwhile", recovered) : alreadyThere(mark);
      }
      return writing({ do: "evict", namespace: workload.namespace, pods }, mark);
    }
    case "setReplicas":
    case "setMaxReplicas":
    case "rollBack":
      return notMine(entry);
  }
};
