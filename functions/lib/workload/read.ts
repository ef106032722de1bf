import type { ControllerRevision, Deployment, ReplicaSet, StatefulSet } from "kubernetes-types/apps/v1.js";
import type { HorizontalPodAutoscaler } from "kubernetes-types/autoscaling/v2.js";
import type { ContainerStatus, Pod as PodObject, PodTemplateSpec } from "kubernetes-types/core/v1.js";
import type { WorkloadKind } from "../alert/index.ts";
import { keeperOf } from "./keeper.ts";
import { maxUnavailableOf, replicasOf, rolloutOf, strategyOf, stuckSince, type WorkloadObject } from "./rollout.ts";
import { templateFingerprint } from "./template.ts";
import type { Autoscaler, Container, Pod, Revision, Workload } from "./workload.ts";

/** The annotation that every write of AutoHeal leaves on the workload: the remediation's id. */
export const markAnnotation = "autoheal.dev/remediation";

/** The objects of a workload, as the API server gave them. */
export interface WorkloadObjects {
  kind: WorkloadKind;
  object: WorkloadObject;
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
    rollout: rolloutOf(kind, object, lagging, objects.readAt),
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

function statefulOf(kind: WorkloadKind, object: WorkloadObject): Pick<Workload, "ordered" | "keepsData"> {
  if (kind !== "StatefulSet") return { ordered: false, keepsData: false };
  const { podManagementPolicy, volumeClaimTemplates = [] } = (object as StatefulSet).spec ?? {}; // reason: the kind says so
  return { ordered: podManagementPolicy !== "Parallel", keepsData: volumeClaimTemplates.length > 0 };
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
