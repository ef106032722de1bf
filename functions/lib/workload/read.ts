import type { ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet } from "kubernetes-types/apps/v1.js";
import type { HorizontalPodAutoscaler } from "kubernetes-types/autoscaling/v2.js";
import type { ContainerStatus, Pod as PodObject, PodTemplateSpec } from "kubernetes-types/core/v1.js";
import type { WorkloadKind } from "../alert/index.ts";
import { keeperOf } from "./keeper.ts";
import { templateFingerprint } from "./template.ts";
import type { Autoscaler, Container, Pod, Revision, Workload } from "./workload.ts";

/** The annotation that every write of AutoHeal leaves on the workload: the remediation's id. */
export const markAnnotation = "autoheal.dev/remediation";

/** The objects of a workload, as the API server gave them. */
export interface WorkloadObjects {
  kind: WorkloadKind;
  object: Deployment | StatefulSet | DaemonSet;
  /** ReplicaSets or ControllerRevisions of its namespace; those of others are left out here. */
  revisions: readonly (ReplicaSet | ControllerRevision)[];
  /** Pods of its namespace; those of others are left out here. */
  pods: readonly PodObject[];
  autoscalers: readonly HorizontalPodAutoscaler[];
  readAt: Date;
}

/** Reads a workload out of its objects: pure, so that a recorded incident reads the same again. */
export function readWorkload(objects: WorkloadObjects): Workload {
  const { kind, object } = objects;
  const { name = "", namespace = "", uid = "", annotations = {}, labels = {} } = object.metadata ?? {};
  const owned = objects.revisions.filter((revision) => isOwnedBy(revision, uid));
  const ownerUids = new Set([uid, ...owned.map((revision) => revision.metadata?.uid ?? "")]);
  const pods = objects.pods.filter((pod) => [...ownerUids].some((owner) => isOwnedBy(pod, owner)));
  const seen = pods.map(readPod);
  const template = templateFingerprint(object.spec?.template);
  const revisions = revisionsOf(kind, template, owned, seen);
  const lagging = seen.filter(
    ({ revision, ready, deleting }) => revision === revisions[0]?.name && !ready && !deleting,
  );
  return {
    kind,
    namespace,
    name,
    uid,
    resourceVersion: object.metadata?.resourceVersion ?? "",
    generation: object.metadata?.generation ?? 0,
    labels,
    ...replicasOf(kind, object),
    rollout: rolloutOf(objects, lagging),
    stuckSince: stuckSince(kind, object),
    strategy: strategyOf(kind, object),
    ...statefulOf(kind, object),
    maxUnavailable: maxUnavailableOf(kind, object),
    paused: kind === "Deployment" && (object as Deployment).spec?.paused === true, // reason: the kind says so
    mark: annotations[markAnnotation],
    createdAt: object.metadata?.creationTimestamp ?? "",
    template,
    revisions,
    pods: seen,
    autoscaler: autoscalerOf(kind, name, objects.autoscalers),
    keeper: keeperOf(object.metadata),
    dependsOn: (annotations["autoheal.dev/depends-on"] ?? "").split(",").flatMap((peer) => peer.trim() || []),
  };
}

interface Owned {
  metadata?: { ownerReferences?: { uid: string; controller?: boolean }[] };
}

function isOwnedBy(object: Owned, uid: string): boolean {
  return object.metadata?.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid) ?? false;
}

function replicasOf(
  kind: WorkloadKind,
  object: WorkloadObjects["object"],
): { replicas: number; readyReplicas: number } {
  if (kind === "DaemonSet") {
    const { status } = object as DaemonSet; // reason: the kind says so
    return { replicas: status?.desiredNumberScheduled ?? 0, readyReplicas: status?.numberReady ?? 0 };
  }
  const { spec, status } = object as Deployment | StatefulSet; // reason: the kind says so
  return { replicas: spec?.replicas ?? 1, readyReplicas: status?.readyReplicas ?? 0 };
}

/** How a Deployment says that its rollouts have no deadline; then it has no condition `Progressing` either (Kubernetes' HasProgressDeadline). */
const noProgressDeadline = 2_147_483_647;

/** Trusts no status that is older than the spec (`observedGeneration`). `lagging` are the pods of the newest revision that are not ready. */
function rolloutOf({ kind, object, readAt }: WorkloadObjects, lagging: readonly Pod[]): Workload["rollout"] {
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
  if (isThrough(kind, object)) return "Complete";
  const before = readAt.getTime() - progressDeadlineOf(object) * 1000;
  const isLate = ({ createdAt, readySince }: Pod) =>
    Date.parse(createdAt) <= before && !(Date.parse(readySince ?? "") > before);
  return lagging.some(isLate) ? "Stuck" : "Progressing";
}

/** A StatefulSet whose template was put back half-way has one revision again, and pods of another. */
function isThrough(kind: WorkloadKind, object: WorkloadObjects["object"]): boolean {
  if (kind === "StatefulSet") {
    const { spec, status } = object as StatefulSet; // reason: the kind says so
    return (
      status?.updateRevision === status?.currentRevision && (status?.updatedReplicas ?? 0) >= (spec?.replicas ?? 1)
    );
  }
  const { status } = object as DaemonSet; // reason: the kind says so
  return (status?.updatedNumberScheduled ?? 0) >= (status?.desiredNumberScheduled ?? 0);
}

/**
 * How long a new pod of a StatefulSet or DaemonSet may take to get ready, in seconds. Kubernetes sets their rollouts no deadline:
 * the annotation does, else it is a Deployment's default.
 */
function progressDeadlineOf({ metadata }: WorkloadObjects["object"]): number {
  const said = Number(metadata?.annotations?.["autoheal.dev/progress-deadline-seconds"]);
  return Number.isInteger(said) && said > 0 ? said : 600;
}

function stuckSince(kind: WorkloadKind, object: WorkloadObjects["object"]): string | undefined {
  if (kind !== "Deployment") return undefined;
  const { conditions } = (object as Deployment).status ?? {}; // reason: the kind says so
  return conditions?.find(({ reason }) => reason === "ProgressDeadlineExceeded")?.lastTransitionTime;
}

/** Pods below a StatefulSet's partition are replaced by hand too, and until then its rollout is not through. */
function strategyOf(kind: WorkloadKind, object: WorkloadObjects["object"]): Workload["strategy"] {
  if (kind === "StatefulSet") {
    const { partition = 0 } = (object as StatefulSet).spec?.updateStrategy?.rollingUpdate ?? {}; // reason: the kind says so
    if (partition > 0) return "OnDelete";
  }
  const type =
    kind === "Deployment"
      ? (object as Deployment).spec?.strategy?.type // reason: the kind says so
      : (object as StatefulSet | DaemonSet).spec?.updateStrategy?.type; // reason: the kind says so
  return type === "Recreate" || type === "OnDelete" ? type : "Rolling";
}

function statefulOf(kind: WorkloadKind, object: WorkloadObjects["object"]): Pick<Workload, "ordered" | "keepsData"> {
  if (kind !== "StatefulSet") return { ordered: false, keepsData: false };
  const { podManagementPolicy, volumeClaimTemplates = [] } = (object as StatefulSet).spec ?? {}; // reason: the kind says so
  return { ordered: podManagementPolicy !== "Parallel", keepsData: volumeClaimTemplates.length > 0 };
}

/**
 * As the controllers count: a Deployment's default is 25 %, a share of pods is rounded down, and one may go where
 * neither more nor fewer pods would be allowed; for the others it is one at a time, and a share is rounded up.
 */
function maxUnavailableOf(kind: WorkloadKind, object: WorkloadObjects["object"]): number {
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

function revisionsOf(
  kind: WorkloadKind,
  current: string,
  owned: readonly (ReplicaSet | ControllerRevision)[],
  pods: readonly Pod[],
): Revision[] {
  const read = owned.map((revision): Revision => {
    const name = revision.metadata?.name ?? "";
    return {
      name,
      uid: revision.metadata?.uid ?? "",
      number: numberOf(kind, revision),
      createdAt: revision.metadata?.creationTimestamp ?? "",
      fingerprint: templateFingerprint(templateOf(kind, revision)),
      readyPods: pods.filter((pod) => pod.ready && !pod.deleting && pod.revision === name).length,
    };
  });
  const byNumber = read.sort((a, b) => b.number - a.number);
  // The newest of those with the current template comes first: controllers may not have renumbered it yet.
  const first = byNumber.find(({ fingerprint }) => fingerprint === current);
  return first ? [first, ...byNumber.filter((revision) => revision !== first)] : byNumber;
}

function numberOf(kind: WorkloadKind, revision: ReplicaSet | ControllerRevision): number {
  // What is no number would leave all others in no order: comparing with NaN says nothing.
  if (kind === "Deployment") return Number(revision.metadata?.annotations?.["deployment.kubernetes.io/revision"]) || 0;
  return (revision as ControllerRevision).revision; // reason: only Deployments have ReplicaSets
}

/** The pod template that a revision stands for; a ControllerRevision holds it as a patch of its workload. */
export function templateOf(kind: WorkloadKind, revision: ReplicaSet | ControllerRevision): PodTemplateSpec | undefined {
  if (kind === "Deployment") return (revision as ReplicaSet).spec?.template; // reason: the kind says so
  const data = (revision as ControllerRevision).data as { spec?: { template?: PodTemplateSpec } } | undefined; // reason: raw JSON
  const template = data?.spec?.template;
  if (!template) return undefined;
  const { $patch: _, ...rest } = template as PodTemplateSpec & { $patch?: string }; // reason: the patch directive is kept in it
  return rest;
}

function readPod(pod: PodObject): Pod {
  const conditions = pod.status?.conditions ?? [];
  const ready = conditions.find(({ type }) => type === "Ready");
  const scheduled = conditions.find(({ type }) => type === "PodScheduled");
  const labels = pod.metadata?.labels ?? {};
  const owner = pod.metadata?.ownerReferences?.find(({ controller }) => controller);
  return {
    name: pod.metadata?.name ?? "",
    uid: pod.metadata?.uid ?? "",
    revision: owner?.kind === "ReplicaSet" ? owner.name : revisionLabel(owner?.kind, owner?.name, labels),
    createdAt: pod.metadata?.creationTimestamp ?? "",
    phase: pod.status?.phase ?? "Unknown",
    ready: ready?.status === "True",
    readySince: ready?.lastTransitionTime,
    deleting: pod.metadata?.deletionTimestamp !== undefined,
    unschedulable: scheduled?.status === "False" && scheduled.reason === "Unschedulable",
    containers: (pod.status?.containerStatuses ?? []).map(readContainer),
  };
}

/** A StatefulSet's label is its ControllerRevision's name, a DaemonSet's only the hash at that name's end. */
function revisionLabel(
  kind: string | undefined,
  owner: string | undefined,
  labels: Record<string, string>,
): string | undefined {
  const hash = labels["controller-revision-hash"];
  return kind === "DaemonSet" && hash ? `${owner}-${hash}` : hash;
}

function readContainer(status: ContainerStatus): Container {
  const ended = status.state?.terminated ?? status.lastState?.terminated;
  return {
    name: status.name,
    ready: status.ready,
    restarts: status.restartCount,
    runningSince: status.state?.running?.startedAt,
    waiting: status.state?.waiting?.reason,
    waitingMessage: status.state?.waiting?.message,
    lastTermination: ended && { reason: ended.reason ?? "Error", exitCode: ended.exitCode, at: ended.finishedAt ?? "" },
  };
}

function autoscalerOf(
  kind: WorkloadKind,
  name: string,
  autoscalers: readonly HorizontalPodAutoscaler[],
): Autoscaler | undefined {
  const owner = autoscalers.find(({ spec }) => spec?.scaleTargetRef.kind === kind && spec.scaleTargetRef.name === name);
  if (!owner?.spec) return undefined;
  return {
    name: owner.metadata?.name ?? "",
    uid: owner.metadata?.uid ?? "",
    minReplicas: owner.spec.minReplicas ?? 1,
    maxReplicas: owner.spec.maxReplicas,
    currentReplicas: owner.status?.currentReplicas ?? 0,
    keeper: keeperOf(owner.metadata),
  };
}
