import type { ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet } from "kubernetes-types/apps/v1.js";
import type { HorizontalPodAutoscaler } from "kubernetes-types/autoscaling/v2.js";
import type { Pod, Service } from "kubernetes-types/core/v1.js";
import type { Target, WorkloadKind } from "../../alert/index.ts";
import { readWorkload, type Workload, type WorkloadObjects, type WorkloadRef } from "../../workload/index.ts";
import type { Cluster, ClusterObject } from "./cluster.ts";
import type { Resource } from "./resources.ts";

/** The collection that a kind of workload lives in. */
export const workloadResources: Readonly<Record<WorkloadKind, Resource>> = {
  Deployment: "deployments",
  StatefulSet: "statefulsets",
  DaemonSet: "daemonsets",
};

/** Reads a workload with its revisions, pods and autoscaler; undefined when there is none of that name. */
export async function loadWorkload(cluster: Cluster, ref: WorkloadRef): Promise<Workload | undefined> {
  const objects = await loadObjects(cluster, ref);
  return objects && readWorkload(objects);
}

/** The objects of a workload, as the API server has them; undefined when there is none of that name. */
export async function loadObjects(cluster: Cluster, ref: WorkloadRef): Promise<WorkloadObjects | undefined> {
  const { kind, namespace, name } = ref;
  const selection = { namespace };
  const revisionKind = kind === "Deployment" ? "replicasets" : "controllerrevisions";
  const [object, revisions, pods, autoscalers] = await Promise.all([
    cluster.get<ClusterObject>(workloadResources[kind], namespace, name),
    cluster.list<ClusterObject>(revisionKind, selection),
    cluster.list<ClusterObject>("pods", selection),
    cluster.list<ClusterObject>("horizontalpodautoscalers", selection),
  ]);
  if (!object) return undefined;
  // reason: each list is of the kind that was asked for; kubernetes-types has the API server's own shapes
  return {
    kind,
    object: object as unknown as Deployment | StatefulSet | DaemonSet,
    revisions: revisions as unknown as (ReplicaSet | ControllerRevision)[],
    pods: pods as unknown as Pod[],
    autoscalers: autoscalers as unknown as HorizontalPodAutoscaler[],
    readAt: new Date(),
  };
}

/** The workload that owns what an alert points at, or why there is none. */
export type Owner =
  | { found: true; workload: WorkloadRef }
  | { found: false; why: "NotFound" | "NoOwner" | "SeveralOwners" | "NotAWorkload" };

/** Follows an alert's target to the workload that owns it, by controller `ownerReferences` to the end. */
export async function ownerOf(cluster: Cluster, target: Target): Promise<Owner> {
  if ("name" in target && !isName(target.name)) return { found: false, why: "NotFound" };
  if ("namespace" in target && !isName(target.namespace)) return { found: false, why: "NotFound" };
  switch (target.by) {
    case "workload": {
      const { kind, namespace, name } = target;
      const object = await cluster.get(workloadResources[kind], namespace, name);
      return object ? { found: true, workload: { kind, namespace, name } } : { found: false, why: "NotFound" };
    }
    case "pod": {
      const pod = await cluster.get<ClusterObject>("pods", target.namespace, target.name);
      return pod ? climb(cluster, target.namespace, pod) : ownerOfGonePod(cluster, target.namespace, target.name);
    }
    case "container":
      return ownerOfPods(cluster, target.namespace, (pod) =>
        Boolean(pod.spec?.containers.some(({ name }) => name === target.name)),
      );
    case "service": {
      const service = await cluster.get<ClusterObject & Pick<Service, "spec">>(
        "services",
        target.namespace,
        target.name,
      );
      const selector = Object.entries(service?.spec?.selector ?? {});
      // An empty selector is never "everything".
      if (selector.length === 0) return { found: false, why: service ? "NoOwner" : "NotFound" };
      return ownerOfPods(cluster, target.namespace, (pod) =>
        selector.every(([key, value]) => pod.metadata.labels?.[key] === value),
      );
    }
    case "hpa": {
      const hpa = await cluster.get<ClusterObject & Pick<HorizontalPodAutoscaler, "spec">>(
        "horizontalpodautoscalers",
        target.namespace,
        target.name,
      );
      const scaled = hpa?.spec?.scaleTargetRef;
      if (!scaled) return { found: false, why: "NotFound" };
      const kind = kindOf(scaled);
      return kind
        ? ownerOf(cluster, { by: "workload", namespace: target.namespace, kind, name: scaled.name })
        : { found: false, why: "NotAWorkload" };
    }
    case "node":
    case "nothing":
      return { found: false, why: "NotAWorkload" };
  }
}

/** Kubernetes' own form of names (RFC 1123); what labels say may be anything, and nothing else has a path. */
function isName(text: string): boolean {
  return /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(text);
}

type PodObject = ClusterObject & Pick<Pod, "spec" | "status">;

/** Pods that have ended serve nobody: a migration's Job often has the labels of the service that it is for. */
async function ownerOfPods(cluster: Cluster, namespace: string, wanted: (pod: PodObject) => boolean): Promise<Owner> {
  const listed = await cluster.list<PodObject>("pods", { namespace });
  const pods = listed.filter((pod) => !hasEnded(pod) && wanted(pod));
  const owners = new Map<string, Owner>();
  const controllers = new Map(pods.map((pod) => [controllerOf(pod)?.uid ?? pod.metadata.uid, pod]));
  for (const pod of controllers.values()) {
    const owner = await climb(cluster, namespace, pod);
    owners.set(JSON.stringify(owner), owner);
  }
  const [first, ...more] = owners.values();
  if (!first) return { found: false, why: "NotFound" };
  return more.length > 0 ? { found: false, why: "SeveralOwners" } : first;
}

function hasEnded({ status }: PodObject): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

/** A pod that is gone still says by its name which ReplicaSet, and so which Deployment, it belonged to. */
async function ownerOfGonePod(cluster: Cluster, namespace: string, pod: string): Promise<Owner> {
  const replicaSet = pod.replace(/-[a-z0-9]{5}$/, "");
  const object = replicaSet === pod ? undefined : await cluster.get("replicasets", namespace, replicaSet);
  return object ? climb(cluster, namespace, object) : { found: false, why: "NotFound" };
}

async function climb(cluster: Cluster, namespace: string, from: ClusterObject): Promise<Owner> {
  const owner = controllerOf(from);
  if (!owner) return { found: false, why: "NoOwner" };
  const kind = kindOf(owner);
  if (kind) return { found: true, workload: { kind, namespace, name: owner.name } };
  if (owner.kind !== "ReplicaSet") return { found: false, why: "NotAWorkload" };
  const replicaSet = await cluster.get("replicasets", namespace, owner.name);
  return replicaSet ? climb(cluster, namespace, replicaSet) : { found: false, why: "NotFound" };
}

function controllerOf(object: ClusterObject): (Kind & { name: string; uid: string }) | undefined {
  return object.metadata.ownerReferences?.find(({ controller }) => controller);
}

interface Kind {
  apiVersion?: string;
  kind: string;
}

/** Other groups have kinds of these names too, such as OpenKruise's StatefulSet: those are somebody else's to heal. */
function kindOf({ apiVersion = "apps/v1", kind }: Kind): WorkloadKind | undefined {
  if (!apiVersion.startsWith("apps/")) return undefined;
  return kind === "Deployment" || kind === "StatefulSet" || kind === "DaemonSet" ? kind : undefined;
}
