import type { Cause } from "../cause/index.ts";
import { type Diagnosis, lastHealthyRevision, type Seen, trafficGrowth } from "../diagnosis/index.ts";
import { type Hold, hold } from "../effect/index.ts";
import { hungPods } from "../evidence/index.ts";
import type { Change } from "../incident/index.ts";
import type { EffectivePolicy } from "../policy/index.ts";
import type { Remedy } from "../remedy/index.ts";
import { currentRevision, livePods, type Revision, type Workload } from "../workload/index.ts";

/** Why there is no treatment, though a cause was found: the closed list. */
export type TreatmentReason =
  | "NothingWrong"
  | "RolloutInProgress"
  | "UpstreamFailure"
  | "CauseUnknown"
  | "LadderExhausted"
  | "NoHealthyRevision"
  | "KeepsData"
  | "BrokenPodBlocks"
  | "OwnedByAutoscaler"
  | "AtMaxReplicas"
  | "TargetUnknown";

/** The remedy that fits, and the one thing that it writes. */
export interface Treatment {
  remedy: Remedy;
  change: Change;
}

/** The remedies of a cause, one rung after the other: the next only when the one before is proven not to have worked. */
export const ladders: Readonly<Record<Cause, readonly Remedy[]>> = {
  MemoryLeak: ["restart"],
  BadRevision: ["rollback"],
  BadTemplate: ["rollback"],
  Hang: ["restart"],
  CpuTraffic: ["scale", "scale"],
  CpuRunaway: ["restart"],
  UpstreamFailure: [],
  RolloutInProgress: [],
  NothingWrong: [],
  TargetUnknown: [],
  Unknown: [],
};

/** What each cause without a remedy says. */
const holds: Partial<Record<Cause, [TreatmentReason, string]>> = {
  UpstreamFailure: ["UpstreamFailure", "the cause is in a service that it calls: that one is healed"],
  RolloutInProgress: ["RolloutInProgress", "a rollout is going on: it ends or is judged at its deadline"],
  NothingWrong: ["NothingWrong", "nothing is wrong with it that anybody could see"],
  TargetUnknown: ["TargetUnknown", "the alert leads to no workload"],
  Unknown: ["CauseUnknown", "no cause explains what is seen: doing nothing is safer than guessing"],
};

/** What people should do when a cause is there again after its whole ladder. */
const advice: Partial<Record<Cause, string>> = {
  MemoryLeak: "it leaks again after a restart: raise the limit or fix the leak",
  CpuRunaway: "it runs away again after a restart: look at what it computes",
  CpuTraffic: "more replicas did not help: look for what they all wait for",
};

/** The next treatment of a diagnosis, after `tried` remediations were finished and did not help, or only for a while. */
export function treatmentOf(
  diagnosis: Diagnosis,
  seen: Seen,
  policy: EffectivePolicy,
  tried: number,
): Treatment | Hold<TreatmentReason> {
  const { cause } = diagnosis;
  const [reason, message] = holds[cause] ?? [];
  if (reason && message) return hold(reason, message);
  const remedy = ladders[cause][tried];
  if (!remedy) {
    return hold("LadderExhausted", advice[cause] ?? "what there is for this cause was tried already");
  }
  const change = changeFor(remedy, cause, seen, policy);
  return "what" in change ? { remedy, change } : change;
}

function changeFor(remedy: Remedy, cause: Cause, seen: Seen, policy: EffectivePolicy): Change | Hold<TreatmentReason> {
  switch (remedy) {
    case "restart":
      return cause === "Hang" ? restartHung(seen) : { what: "restartRollout" };
    case "rollback":
      return rollBack(seen);
    case "scale":
      return scaleUp(seen, policy);
  }
}

function restartHung({ workload, signals, thresholds, now }: Seen): Change | Hold<TreatmentReason> {
  const pods = hungPods(workload, signals, thresholds, now).map(({ name, uid }) => ({ name, uid }));
  return pods.length > 0 ? { what: "restartPods", pods } : hold("NothingWrong", "no pod hangs any more");
}

function rollBack({ workload, signals }: Seen): Change | Hold<TreatmentReason> {
  const from = currentRevision(workload);
  const to = lastHealthyRevision(workload, signals.readyByRevision);
  if (!from || !to) return hold("NoHealthyRevision", "no earlier revision is known to have been healthy");
  const forPerson = byHand(workload, from);
  if (forPerson) return forPerson;
  return { what: "rollBack", toRevision: to.name, toUid: to.uid, fromRevision: from.name, fromUid: from.uid };
}

/**
 * What of a StatefulSet only a person may roll back. One that keeps data: a newer revision may have changed its form. One of
 * ordered pods whose rollout is stuck: Kubernetes waits for the broken pod even after the template was put back, so that the
 * pod has to be deleted as well (its documentation, "Forced rollback").
 */
function byHand(workload: Workload, broken: Revision): Hold<TreatmentReason> | undefined {
  const { namespace, name, pods, keepsData } = workload;
  const isBlocked = workload.ordered && workload.rollout === "Stuck";
  const stuck = pods.filter(({ revision, ready }) => revision === broken.name && !ready).map((pod) => pod.name);
  const commands = [
    `kubectl rollout undo statefulset/${name} -n ${namespace}`,
    ...(isBlocked ? [`kubectl delete pod ${stuck.join(" ")} -n ${namespace}`] : []),
  ].join(", then ");
  if (keepsData) {
    return hold("KeepsData", `it keeps data, whose form the newer revision may have changed; else: ${commands}`);
  }
  return isBlocked
    ? hold("BrokenPodBlocks", `Kubernetes waits for its broken pod even when the template is put back: ${commands}`)
    : undefined;
}

/** What a person can do about a workload that may not have more replicas. */
const moreCpu = "raise limits.maxReplicas of its HealingPolicy, or give each pod more CPU";

/** As many replicas as the traffic has grown, at most twice as many at a time, within the policy and what nodes have room for. */
function scaleUp(seen: Seen, policy: EffectivePolicy): Change | Hold<TreatmentReason> {
  const { workload } = seen;
  if (workload.kind === "DaemonSet") {
    return hold("AtMaxReplicas", "a DaemonSet has one pod on each of its nodes: it can't be scaled");
  }
  const homeless = livePods(workload).filter(({ unschedulable }) => unschedulable).length;
  if (homeless > 0) {
    return hold("AtMaxReplicas", `no node has room for ${homeless} of its pods: more replicas would find none either`);
  }
  const growth = Math.min(2, Math.max(1.5, trafficGrowth(seen) ?? 1.5));
  const { autoscaler } = workload;
  if (autoscaler) {
    if (autoscaler.currentReplicas < autoscaler.maxReplicas) {
      return hold("OwnedByAutoscaler", `${autoscaler.name} owns the replicas and is not at its maximum yet`);
    }
    const maxReplicas = Math.min(policy.maxReplicas, Math.ceil(autoscaler.maxReplicas * growth));
    return maxReplicas > autoscaler.maxReplicas
      ? {
          what: "setMaxReplicas",
          hpa: autoscaler.name,
          hpaUid: autoscaler.uid,
          maxReplicas,
          fromMaxReplicas: autoscaler.maxReplicas,
        }
      : hold(
          "AtMaxReplicas",
          `${autoscaler.name} is at the policy's maximum of ${policy.maxReplicas} replicas: ${moreCpu}`,
        );
  }
  const replicas = Math.min(policy.maxReplicas, Math.ceil(workload.replicas * growth));
  return replicas > workload.replicas
    ? { what: "setReplicas", replicas, fromReplicas: workload.replicas }
    : hold("AtMaxReplicas", `it has the policy's maximum of ${policy.maxReplicas} replicas: ${moreCpu}`);
}

/** What takes a change back; undefined for what can't be taken back, such as a restart. */
export function undoOf(change: Change): Change | undefined {
  switch (change.what) {
    case "restartRollout":
    case "restartPods":
      return undefined;
    case "rollBack":
      return {
        what: "rollBack",
        toRevision: change.fromRevision,
        toUid: change.fromUid,
        fromRevision: change.toRevision,
        fromUid: change.toUid,
      };
    case "setReplicas":
      return { what: "setReplicas", replicas: change.fromReplicas, fromReplicas: change.replicas };
    case "setMaxReplicas":
      return { ...change, maxReplicas: change.fromMaxReplicas, fromMaxReplicas: change.maxReplicas };
  }
}

/** The fingerprint of the pod template that a workload has once a change is made. */
export function templateAfter(change: Change, workload: Workload): string {
  if (change.what !== "rollBack") return workload.template;
  return workload.revisions.find(({ name }) => name === change.toRevision)?.fingerprint ?? workload.template;
}

/** Why what takes a change back is left to a person; undefined where nothing speaks against it. */
export function againstUndo(change: Change, workload: Workload): string | undefined {
  const byOther = "somebody has changed it again since";
  switch (change.what) {
    case "restartRollout":
    case "restartPods":
      return "a restart can't be taken back";
    case "rollBack":
      return undefined;
    case "setReplicas":
      if (workload.replicas !== change.replicas) return byOther;
      return workload.kind === "StatefulSet" ? "its newest pods may be members of what it stores by now" : undefined;
    case "setMaxReplicas":
      return workload.autoscaler?.maxReplicas === change.maxReplicas ? undefined : byOther;
  }
}
