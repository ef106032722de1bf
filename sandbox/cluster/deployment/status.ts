import { type Clock, timestamp } from "../clock.ts";
import { type Deployment, type ReplicaSet, withCondition } from "../objects.ts";
import { limits } from "./scaling.ts";

type Status = NonNullable<Deployment["status"]>;
type Condition = NonNullable<Status["conditions"]>[number];
const COUNTS = ["replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "unavailableReplicas"] as const;

/** The condition that says how a rollout goes. */
export function progressing(status: "True" | "False" | "Unknown", reason: string, message: string, at: number) {
  const time = timestamp(at);
  return { type: "Progressing", status, reason, message, lastUpdateTime: time, lastTransitionTime: time };
}

/** The status that the world gives the Deployment (deployment/sync.go calculateStatus, progress.go syncRolloutStatus). */
export function statusOf(
  deployment: Deployment,
  sets: ReplicaSet[],
  newest: ReplicaSet | undefined,
  clock: Clock,
): Status {
  const before = deployment.status ?? {};
  const wanted = deployment.spec.replicas ?? 1;
  const total = (field: "replicas" | "readyReplicas" | "availableReplicas") =>
    sets.reduce((count, set) => count + (set.status?.[field] ?? 0), 0);
  const available = total("availableReplicas");
  const status: Status = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: total("replicas"),
    updatedReplicas: newest?.status?.replicas ?? 0,
    readyReplicas: total("readyReplicas"),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sets.reduce((count, set) => count + (set.spec.replicas ?? 0), 0) - available),
    conditions: before.conditions ?? [],
  };
  const enough = available >= wanted - limits(deployment).unavailable;
  status.conditions = setCondition(status.conditions, {
    type: "Available",
    status: enough ? "True" : "False",
    reason: enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
    message: enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
    lastUpdateTime: timestamp(clock.now()),
    lastTransitionTime: timestamp(clock.now()),
  });
  const progress = deployment.spec.paused ? undefined : nextProgress(deployment, status, newest, clock);
  if (progress) status.conditions = setCondition(status.conditions, progress);
  for (const count of COUNTS) if (status[count] === 0) delete status[count]; // as Go's omitempty
  return status;
}

function nextProgress(deployment: Deployment, status: Status, newest: ReplicaSet | undefined, clock: Clock) {
  const before = deployment.status ?? {};
  const current = before.conditions?.find(({ type }) => type === "Progressing");
  const settled = status.replicas === status.updatedReplicas && current?.reason === "NewReplicaSetAvailable";
  if (settled || !newest) return undefined;
  const { name } = newest.metadata;
  if (isComplete(deployment, status)) {
    const message = `ReplicaSet "${name}" has successfully progressed.`;
    return progressing("True", "NewReplicaSetAvailable", message, clock.now());
  }
  const old = (of: Status) => (of.replicas ?? 0) - (of.updatedReplicas ?? 0);
  const more = (field: "updatedReplicas" | "readyReplicas" | "availableReplicas") =>
    (status[field] ?? 0) > (before[field] ?? 0);
  const hasMoved = more("updatedReplicas") || more("readyReplicas") || more("availableReplicas");
  if (hasMoved || old(status) < old(before)) {
    return progressing("True", "ReplicaSetUpdated", `ReplicaSet "${name}" is progressing.`, clock.now());
  }
  if (!current || current.reason === "NewReplicaSetAvailable" || deadlineIn(deployment, current, clock) > 0) return;
  const message = `ReplicaSet "${name}" has timed out progressing.`;
  return progressing("False", "ProgressDeadlineExceeded", message, clock.now());
}

/** Whether all pods are of the newest template and available. */
export function isComplete(deployment: Deployment, status: Status): boolean {
  const wanted = deployment.spec.replicas ?? 1;
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status;
  return updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted;
}

/** Real milliseconds until a rollout that does not move has passed its deadline; the second that metav1.Time cuts off is waited for. */
export function deadlineIn(deployment: Deployment, condition: Condition, clock: Clock): number {
  const since = Date.parse(condition.lastUpdateTime ?? "") + 1000;
  return since + clock.scaled(deployment.spec.progressDeadlineSeconds ?? 600) - clock.now();
}

// SetDeploymentCondition: what says the same stays as it is, with its times, unless progress was made.
function setCondition(conditions: Condition[] | undefined, condition: Condition): Condition[] {
  const before = conditions?.find(({ type }) => type === condition.type);
  const isSame = before?.status === condition.status && before.reason === condition.reason;
  if (isSame && condition.reason !== "ReplicaSetUpdated") return conditions ?? [];
  return withCondition(conditions, condition);
}
