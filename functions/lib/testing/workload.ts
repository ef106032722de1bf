import type { Deployment, ReplicaSet } from "kubernetes-types/apps/v1.js";
import type { HorizontalPodAutoscaler } from "kubernetes-types/autoscaling/v2.js";
import type { Pod } from "kubernetes-types/core/v1.js";
import { readWorkload, type Workload, type WorkloadObjects } from "../workload/index.ts";
import { now } from "./moment.ts";

const madeAt = "2026-01-01T10:00:00Z";
const owner = (kind: string, name: string, uid: string) => [
  { apiVersion: "apps/v1", kind, name, uid, controller: true, blockOwnerDeletion: true },
];
const podTemplate = (version: number, labels: Record<string, string> = {}) => ({
  metadata: { labels: { app: "web", ...labels } },
  spec: { containers: [{ name: "app", image: `web:${version}` }] },
});

/** The Deployment shop/web of image web:2 with 3 replicas, rolled out and well. */
export function aDeployment({ metadata, spec, status }: Partial<Deployment> = {}): Deployment {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      name: "web",
      namespace: "shop",
      uid: "uid-web",
      resourceVersion: "100",
      generation: 7,
      creationTimestamp: madeAt,
      labels: { app: "web" },
      annotations: { "deployment.kubernetes.io/revision": "2" },
      ...metadata,
    },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: "web" } },
      template: podTemplate(2),
      ...spec,
    },
    status: {
      observedGeneration: 7,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      conditions: [{ type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" }],
      ...status,
    },
  };
}

/** The ReplicaSet web-<n> of the n-th revision, of image web:<n>. */
export function aReplicaSet(n: number, { metadata, spec }: Partial<ReplicaSet> = {}): ReplicaSet {
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `web-${n}`,
      namespace: "shop",
      uid: `uid-web-${n}`,
      creationTimestamp: madeAt,
      annotations: { "deployment.kubernetes.io/revision": String(n) },
      ownerReferences: owner("Deployment", "web", "uid-web"),
      ...metadata,
    },
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: podTemplate(n, { "pod-template-hash": String(n) }),
      ...spec,
    },
  };
}

/** The pod web-2-<letter> of the current revision, ready or not. */
export function aPod(letter: string, ready = true, metadata: Pod["metadata"] = {}): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: `web-2-${letter}`,
      namespace: "shop",
      uid: `uid-${letter}`,
      creationTimestamp: madeAt,
      labels: { app: "web" },
      ownerReferences: owner("ReplicaSet", "web-2", "uid-web-2"),
      ...metadata,
    },
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: ready ? "True" : "False", lastTransitionTime: madeAt }],
      containerStatuses: [
        {
          name: "app",
          ready,
          restartCount: 0,
          image: "web:2",
          imageID: "",
          state: { running: { startedAt: "2026-01-01T09:00:00Z" } },
        },
      ],
    },
  };
}

/** The HorizontalPodAutoscaler shop/web that is at its maximum of 3. */
export function anAutoscaler({
  metadata,
  spec,
  status,
}: Partial<HorizontalPodAutoscaler> = {}): HorizontalPodAutoscaler {
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "web", namespace: "shop", uid: "uid-hpa", resourceVersion: "90", ...metadata },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicas: 1,
      maxReplicas: 3,
      ...spec,
    },
    status: { currentReplicas: 3, desiredReplicas: 3, ...status },
  };
}

/** The Deployment shop/web with two revisions and three ready pods. */
export function theObjects(objects: Partial<WorkloadObjects> = {}): WorkloadObjects {
  return {
    kind: "Deployment",
    object: aDeployment(),
    revisions: [aReplicaSet(1), aReplicaSet(2)],
    pods: [aPod("a"), aPod("b"), aPod("c")],
    autoscalers: [],
    readAt: now,
    ...objects,
  };
}

/** The workload that `theObjects` are. */
export function aWorkload(workload: Partial<Workload> = {}): Workload {
  return { ...readWorkload(theObjects()), ...workload };
}
