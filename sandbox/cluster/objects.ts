import type { Deployment as DeploymentV1, ReplicaSet as ReplicaSetV1 } from "kubernetes-types/apps/v1.js";
import type { Pod as PodV1, Service as ServiceV1 } from "kubernetes-types/core/v1.js";
import type { KubernetesObject } from "../api/index.ts";

type Metadata = KubernetesObject["metadata"] & { namespace: string };
type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Stored<T extends { spec?: unknown; status?: unknown }> = {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  spec: NonNullable<T["spec"]>;
  status?: Writable<NonNullable<T["status"]>>;
};

/** The kinds that the cluster moves, as the store holds them: with names, uids and a spec. */
export type Deployment = Stored<DeploymentV1>;
export type ReplicaSet = Stored<ReplicaSetV1>;
export type Pod = Stored<PodV1>;
export type Service = Stored<ServiceV1>;
export type Owned = { metadata: Metadata };

/** Whether the object's controller is the one with this uid. */
export function isControlledBy(object: Owned, uid: string): boolean {
  return object.metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === uid) ?? false;
}

/** The owner reference that a controller puts on what it creates. */
export function controllerReference(owner: { apiVersion: string; kind: string; metadata: Metadata }) {
  const { apiVersion, kind, metadata } = owner;
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true };
}

/** Whether a pod passes its readiness gate now. */
export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

/** Whether a pod still counts as a replica: not being deleted and not finished. */
export function isActive(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return !pod.metadata.deletionTimestamp && phase !== "Succeeded" && phase !== "Failed";
}

/** Replaces a condition of the same type; its transition time stays while its status does. */
export function withCondition<C extends { type: string; status: string; lastTransitionTime?: string }>(
  conditions: C[] | undefined,
  condition: C,
): C[] {
  const others = (conditions ?? []).filter(({ type }) => type !== condition.type);
  const before = conditions?.find(({ type }) => type === condition.type);
  const kept = before?.status === condition.status ? before.lastTransitionTime : undefined;
  return [...others, kept === undefined ? condition : { ...condition, lastTransitionTime: kept }];
}
