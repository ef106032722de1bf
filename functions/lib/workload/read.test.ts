import type { ControllerRevision, DaemonSet, StatefulSet } from "kubernetes-types/apps/v1.js";
import type { Pod as PodObject } from "kubernetes-types/core/v1.js";
import { expect, test } from "vitest";
import { aDeployment, anAutoscaler, aPod, aReplicaSet, now, theObjects } from "../testing/index.ts";
import { readWorkload, templateFingerprint, type Workload } from "./index.ts";

const madeAt = "2026-01-01T10:00:00Z";
const template = (image: string) => ({
  metadata: { labels: { app: "db" } },
  spec: { containers: [{ name: "app", image }] },
});
const ownedBy = (kind: string, name: string) => [
  { apiVersion: "apps/v1", kind, name, uid: `uid-${name}`, controller: true, blockOwnerDeletion: true },
];

/** A ControllerRevision holds the template as a patch of its workload. */
const aControllerRevision = (kind: string, hash: string, revision: number, image: string): ControllerRevision => ({
  apiVersion: "apps/v1",
  kind: "ControllerRevision",
  metadata: {
    name: `db-${hash}`,
    namespace: "shop",
    uid: `uid-db-${hash}`,
    creationTimestamp: madeAt,
    ownerReferences: ownedBy(kind, "db"),
  },
  data: { spec: { template: { $patch: "replace", ...template(image) } } } as never, // reason: raw JSON
  revision,
});

const aPodOf = (kind: string, name: string, hash: string): PodObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name,
    namespace: "shop",
    uid: `uid-${name}`,
    creationTimestamp: madeAt,
    labels: { "controller-revision-hash": hash },
    ownerReferences: ownedBy(kind, "db"),
  },
  status: { phase: "Running", conditions: [{ type: "Ready", status: "True", lastTransitionTime: madeAt }] },
});

test("a Deployment with its ReplicaSets, pods and autoscaler", () => {
  const fingerprints = [1, 2].map((n) => templateFingerprint(aReplicaSet(n).spec?.template));
  const pod = (letter: string) => ({
    name: `web-2-${letter}`,
    uid: `uid-${letter}`,
    revision: "web-2",
    createdAt: madeAt,
    phase: "Running",
    ready: true,
    readySince: madeAt,
    deleting: false,
    unschedulable: false,
    containers: [
      {
        name: "app",
        ready: true,
        restarts: 0,
        runningSince: "2026-01-01T09:00:00Z",
        waiting: undefined,
        waitingMessage: undefined,
        lastTermination: undefined,
      },
    ],
  });
  const metadata = {
    ...aDeployment().metadata,
    annotations: { "autoheal.dev/depends-on": "auth, db,", "autoheal.dev/remediation": "5c1d-1" },
  };
  const objects = theObjects({ object: aDeployment({ metadata }), autoscalers: [anAutoscaler()] });
  expect(readWorkload(objects)).toEqual<Workload>({
    kind: "Deployment",
    namespace: "shop",
    name: "web",
    uid: "uid-web",
    resourceVersion: "100",
    generation: 7,
    labels: { app: "web" },
    replicas: 3,
    readyReplicas: 3,
    rollout: "Complete",
    stuckSince: undefined,
    strategy: "Rolling",
    ordered: false,
    keepsData: false,
    maxUnavailable: 0,
    paused: false,
    mark: "5c1d-1",
    createdAt: madeAt,
    template: fingerprints[1] ?? "",
    revisions: [
      {
        name: "web-2",
        uid: "uid-web-2",
        number: 2,
        createdAt: madeAt,
        fingerprint: fingerprints[1] ?? "",
        readyPods: 3,
      },
      {
        name: "web-1",
        uid: "uid-web-1",
        number: 1,
        createdAt: madeAt,
        fingerprint: fingerprints[0] ?? "",
        readyPods: 0,
      },
    ],
    pods: [pod("a"), pod("b"), pod("c")],
    autoscaler: { name: "web", uid: "uid-hpa", minReplicas: 1, maxReplicas: 3, currentReplicas: 3, keeper: undefined },
    keeper: undefined,
    dependsOn: ["auth", "db"],
  });
});

test("a StatefulSet with its ControllerRevisions: a pod's label is its revision's name", () => {
  const object: StatefulSet = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "db", namespace: "shop", uid: "uid-db", generation: 3 },
    spec: {
      replicas: 2,
      serviceName: "db",
      selector: { matchLabels: { app: "db" } },
      template: template("db:2"),
      volumeClaimTemplates: [{}],
    },
    status: {
      observedGeneration: 3,
      replicas: 2,
      readyReplicas: 2,
      updatedReplicas: 2,
      currentRevision: "db-bb",
      updateRevision: "db-bb",
    },
  };
  const workload = readWorkload({
    kind: "StatefulSet",
    object,
    revisions: [
      aControllerRevision("StatefulSet", "aa", 1, "db:1"),
      aControllerRevision("StatefulSet", "bb", 2, "db:2"),
    ],
    pods: [aPodOf("StatefulSet", "db-0", "db-bb"), aPodOf("StatefulSet", "db-1", "db-aa")],
    autoscalers: [],
    readAt: now,
  });
  const { rollout, ordered, keepsData, replicas, readyReplicas, maxUnavailable, revisions, pods } = workload;
  expect({ rollout, ordered, keepsData, replicas, readyReplicas, maxUnavailable }).toEqual({
    rollout: "Complete",
    ordered: true,
    keepsData: true,
    replicas: 2,
    readyReplicas: 2,
    maxUnavailable: 1,
  });
  expect(revisions.map(({ name, number, readyPods }) => [name, number, readyPods])).toEqual([
    ["db-bb", 2, 1],
    ["db-aa", 1, 1],
  ]);
  expect(revisions[0]?.fingerprint).toBe(templateFingerprint(object.spec?.template));
  expect(pods.map(({ name, revision }) => [name, revision])).toEqual([
    ["db-0", "db-bb"],
    ["db-1", "db-aa"],
  ]);
});

test("a DaemonSet: its replicas are its nodes, and a pod's label is only the end of its revision's name", () => {
  const object: DaemonSet = {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "db", namespace: "shop", uid: "uid-db", generation: 3 },
    spec: { selector: { matchLabels: { app: "db" } }, template: template("db:1") },
    status: {
      observedGeneration: 3,
      currentNumberScheduled: 2,
      desiredNumberScheduled: 2,
      numberMisscheduled: 0,
      numberReady: 1,
      updatedNumberScheduled: 1,
    },
  };
  const revisions = [aControllerRevision("DaemonSet", "aa", 1, "db:1")];
  const pods = [aPodOf("DaemonSet", "db-x7k2p", "aa")];
  const read = readWorkload({ kind: "DaemonSet", object, revisions, pods, autoscalers: [], readAt: now });
  expect([read.replicas, read.readyReplicas, read.rollout, read.pods[0]?.revision]).toEqual([
    2,
    1,
    "Progressing",
    "db-aa",
  ]);
});

test("what other workloads own is left out, and so is what nobody owns", () => {
  const stranger = {
    ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "api-1", uid: "uid-api-1" }],
  };
  const objects = theObjects({
    revisions: [aReplicaSet(2), aReplicaSet(1, { metadata: { ...stranger, name: "api-1", uid: "uid-api-1" } })],
    pods: [aPod("a"), aPod("x", true, stranger), aPod("y", true, { ownerReferences: [] })],
    autoscalers: [
      anAutoscaler({
        spec: { maxReplicas: 5, scaleTargetRef: { apiVersion: "apps/v1", kind: "StatefulSet", name: "web" } },
      }),
    ],
  });
  const { revisions, pods, autoscaler } = readWorkload(objects);
  expect([revisions.map(({ name }) => name), pods.map(({ name }) => name), autoscaler]).toEqual([
    ["web-2"],
    ["web-2-a"],
    undefined,
  ]);
});

test("a pod on its way out is no ready pod of its revision", () => {
  const leaving = aPod("b", true, { deletionTimestamp: "2026-01-01T11:59:59Z" });
  const read = readWorkload(theObjects({ pods: [aPod("a"), leaving] }));
  expect(read.pods.map(({ name, deleting }) => [name, deleting])).toEqual([
    ["web-2-a", false],
    ["web-2-b", true],
  ]);
  expect(read.revisions[0]?.readyPods).toBe(1);
});

test.each([
  ["a crash that the next process has followed", { running: { startedAt: madeAt } }, "OOMKilled"],
  ["a crash that it is waiting after", { waiting: { reason: "CrashLoopBackOff" } }, "OOMKilled"],
  ["a crash of just now", { terminated: { exitCode: 1, reason: "Error", finishedAt: madeAt } }, "Error"],
])("the last end of a process is known after %s", (_, state, reason) => {
  const pod = aPod("a", false);
  const lastState = { terminated: { exitCode: 137, reason: "OOMKilled", finishedAt: madeAt } };
  const status = { name: "app", ready: false, restartCount: 2, image: "", imageID: "", state, lastState };
  const read = readWorkload(theObjects({ pods: [{ ...pod, status: { ...pod.status, containerStatuses: [status] } }] }));
  expect(read.pods[0]?.containers[0]?.lastTermination).toEqual({
    reason,
    exitCode: reason === "Error" ? 1 : 137,
    at: madeAt,
  });
});

test("a pod that the kubelet has not touched yet, and one that fits on no node", () => {
  const { status: _, ...untouched } = aPod("a");
  const conditions = [{ type: "PodScheduled", status: "False" as const, reason: "Unschedulable" }];
  const unfit: PodObject = { ...aPod("b"), status: { phase: "Pending", conditions } };
  const read = readWorkload(theObjects({ pods: [untouched, unfit] })).pods;
  expect(read.map(({ phase, ready, unschedulable, containers }) => [phase, ready, unschedulable, containers])).toEqual([
    ["Unknown", false, false, []],
    ["Pending", false, true, []],
  ]);
});
