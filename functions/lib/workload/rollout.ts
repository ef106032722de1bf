import type { DaemonSet, Deployment, StatefulSet } from "kubernetes-types/apps/v1.js";
import type { WorkloadKind } from "../alert/index.ts";
import type { Pod, Workload } from "./workload.ts";

/** A workload as the API server gives it. */
export type WorkloadObject = Deployment | StatefulSet | DaemonSet;

/** How many pods are wanted, and how many are ready. */
export function replicasOf(kind: WorkloadKind, object: WorkloadObject): { replicas: number; readyReplicas: number } {
  if (kind === "DaemonSet") {
    const { status } = object as DaemonSet; // reason: the kind says so
    return { replicas: status?.desiredNumberScheduled ?? 0, readyReplicas: status?.numberReady ?? 0 };
  }
  const { spec, status } = object as Deployment | StatefulSet; // reason: the kind says so
  return { replicas: spec?.replicas ?? 1, readyReplicas: status?.readyReplicas ?? 0 };
}

/** How a Deployment says that its rollouts have no deadline; then it has no condition `Progressing` either (Kubernetes' HasProgressDeadline). */
const noProgressDeadline = 2_147_483_647;

/** Where the newest template is on its way. Trusts no status that is older than the spec (`observedGeneration`). `lagging` are the pods of the newest revision that are not ready. */
export function rolloutOf(
  kind: WorkloadKind,
  object: WorkloadObject,
  lagging: readonly Pod[],
  readAt: Date,
): Workload["rollout"] {
  const behind = (object.status?.observedGeneration ?? 0) < (object.metadata?.generation ?? 0);
  if (behind) return "Progressing";
  if (kind === "Deployment") {
    const { spec, status } = object as Deployment; // reason: the kind says so
    const progressing = status?.conditions?.find(({ type }) => type === "Progressing");
    if (progressing?.reason === "ProgressDeadlineExceeded") return "Stuck";
    const wanted = spec?.replicas ?? 1;
    const updated =
      (status?.updatedReplicas ?? 0) >= wanted && (status?.replicas ?? 0) <= (status?.updatedReplicas ?? 0);
    // Once a rollout is through, pods that fail later are no rollout: the condition stays NewReplicaSetAvailable.
    const through =
      progressing?.reason === "NewReplicaSetAvailable" ||
      progressing?.reason === "DeploymentPaused" ||
      spec?.progressDeadlineSeconds === noProgressDeadline;
    return through && updated ? "Complete" : "Progressing";
  }
  const { replaced, all, asFar } = progressOf(kind, object);
  if (replaced >= all) return "Complete";
  const before = readAt.getTime() - progressDeadlineOf(object) * 1000;
  const isLate = ({ createdAt, readySince }: Pod) =>
    Date.parse(createdAt) <= before && !(Date.parse(readySince ?? "") > before);
  if (lagging.some(isLate)) return "Stuck";
  return replaced >= asFar ? "Complete" : "Progressing";
}

/**
 * How many pods are of the newest template, of how many, and how far the controller goes by itself: not below a partition, and
 * with `OnDelete` not at all. A StatefulSet whose template was put back half-way has one revision again, and pods of another;
 * with `OnDelete` its `currentRevision` never follows (k8s.io/kubernetes, pkg/controller/statefulset: completeRollingUpdate).
 */
function progressOf(kind: WorkloadKind, object: WorkloadObject): { replaced: number; all: number; asFar: number } {
  const byHand = strategyOf(kind, object) === "OnDelete";
  if (kind === "DaemonSet") {
    const { status } = object as DaemonSet; // reason: the kind says so
    const all = status?.desiredNumberScheduled ?? 0;
    return { replaced: status?.updatedNumberScheduled ?? 0, all, asFar: byHand ? 0 : all };
  }
  const { spec, status } = object as StatefulSet; // reason: the kind says so
  const all = spec?.replicas ?? 1;
  const partition = partitionOf(kind, object);
  const isOne = status?.updateRevision === status?.currentRevision;
  const updated = status?.updatedReplicas ?? 0;
  if (partition > 0) return { replaced: updated, all, asFar: isOne ? all : all - partition };
  if (byHand) return { replaced: updated, all, asFar: 0 };
  // As long as it has two revisions, it is on its way from one to the other.
  return { replaced: isOne ? updated : Math.min(updated, all - 1), all, asFar: all };
}

/** How many pods, those of the lowest ordinals, a StatefulSet keeps of their template. */
function partitionOf(kind: WorkloadKind, object: WorkloadObject): number {
  if (kind !== "StatefulSet") return 0;
  return (object as StatefulSet).spec?.updateStrategy?.rollingUpdate?.partition ?? 0; // reason: the kind says so
}

/**
 * How long a new pod of a StatefulSet or DaemonSet may take to get ready, in seconds. Kubernetes sets their rollouts no deadline:
 * the annotation does, else it is a Deployment's default.
 */
function progressDeadlineOf({ metadata }: WorkloadObject): number {
  const said = Number(metadata?.annotations?.["autoheal.dev/progress-deadline-seconds"]);
  return Number.isInteger(said) && said > 0 ? said : 600;
}

/** Since when a Deployment says that its rollout is stuck. */
export function stuckSince(kind: WorkloadKind, object: WorkloadObject): string | undefined {
  if (kind !== "Deployment") return undefined;
  const { conditions } = (object as Deployment).status ?? {}; // reason: the kind says so
  return conditions?.find(({ reason }) => reason === "ProgressDeadlineExceeded")?.lastTransitionTime;
}

/** Pods below a StatefulSet's partition are replaced by hand too. */
export function strategyOf(kind: WorkloadKind, object: WorkloadObject): Workload["strategy"] {
  if (partitionOf(kind, object) > 0) return "OnDelete";
  const type =
    kind === "Deployment"
      ? (object as Deployment).spec?.strategy?.type // reason: the kind says so
      : (object as StatefulSet | DaemonSet).spec?.updateStrategy?.type; // reason: the kind says so
  return type === "Recreate" || type === "OnDelete" ? type : "Rolling";
}

/**
 * As the controllers count: a Deployment's default is 25 %, a share of pods is rounded down, and one may go where
 * neither more nor fewer pods would be allowed; for the others it is one at a time, and a share is rounded up.
 */
export function maxUnavailableOf(kind: WorkloadKind, object: WorkloadObject): number {
  const { replicas } = replicasOf(kind, object);
  if (kind !== "Deployment") {
    const { rollingUpdate } = (object as StatefulSet | DaemonSet).spec?.updateStrategy ?? {}; // reason: the kind says so
    return countOf(rollingUpdate?.maxUnavailable ?? 1, replicas, Math.ceil);
  }
  const { rollingUpdate } = (object as Deployment).spec?.strategy ?? {}; // reason: the kind says so
  const unavailable = countOf(rollingUpdate?.maxUnavailable ?? "25%", replicas, Math.floor);
  const surge = countOf(rollingUpdate?.maxSurge ?? "25%", replicas, Math.ceil);
  return unavailable === 0 && surge === 0 ? 1 : unavailable;
}

/** A number of pods, or a share of them such as `25%`. */
function countOf(given: number | string, replicas: number, round: (count: number) => number): number {
  return typeof given === "number" ? given : round((replicas * Number.parseInt(given, 10)) / 100);
}
