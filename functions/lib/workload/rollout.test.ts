import type { Deployment, DeploymentStatus, StatefulSetStatus } from "kubernetes-types/apps/v1.js";
import { expect, test } from "vitest";
import { aDeployment, aPod, aReplicaSet, aWorkload, secondsAgo, theObjects } from "../testing/index.ts";
import { earlierRevisions, readWorkload, rolledOutAt, type Workload } from "./index.ts";

const progressing = (reason: string, status: "True" | "False" | "Unknown" = "True"): Partial<DeploymentStatus> => ({
  conditions: [{ type: "Progressing", status, reason }],
});

test.each<[sentence: string, status: Partial<DeploymentStatus>, rollout: Workload["rollout"]]>([
  ["through: complete", {}, "Complete"],
  [
    "the controller has not seen the newest spec: whatever the status says is old",
    { observedGeneration: 6 },
    "Progressing",
  ],
  ["new pods are still coming", progressing("ReplicaSetUpdated"), "Progressing"],
  ["through, but an old pod is still there", { replicas: 4 }, "Progressing"],
  ["through, but scaled up just now", { replicas: 2, updatedReplicas: 2 }, "Progressing"],
  ["past its progress deadline: stuck", progressing("ProgressDeadlineExceeded", "False"), "Stuck"],
  ["pods crash after it was through: no rollout", { readyReplicas: 0, unavailableReplicas: 3 }, "Complete"],
  ["paused with all pods new: no rollout", progressing("DeploymentPaused", "Unknown"), "Complete"],
  [
    "paused half-way: not through",
    { ...progressing("DeploymentPaused", "Unknown"), updatedReplicas: 1 },
    "Progressing",
  ],
  ["just made: no condition yet", { conditions: [] }, "Progressing"],
])("a Deployment, %s", (_, status, rollout) => {
  expect(readWorkload(theObjects({ object: aDeployment({ status }) })).rollout).toBe(rollout);
});

test.each<[sentence: string, status: Partial<DeploymentStatus>, rollout: Workload["rollout"]]>([
  ["all pods are new", { conditions: [] }, "Complete"],
  ["an old pod is still there", { conditions: [], replicas: 4 }, "Progressing"],
  ["a new one is missing", { conditions: [], replicas: 2, updatedReplicas: 2 }, "Progressing"],
])("a Deployment whose rollouts have no deadline, and so no condition, %s", (_, status, rollout) => {
  const spec = { ...aDeployment().spec, progressDeadlineSeconds: 2_147_483_647 } as Deployment["spec"]; // reason: spread of optional parts
  expect(readWorkload(theObjects({ object: aDeployment({ spec, status } as Deployment) })).rollout).toBe(rollout);
});

test.each<[reason: string, since: string | undefined]>([
  ["ProgressDeadlineExceeded", secondsAgo(300)],
  ["NewReplicaSetAvailable", undefined],
])("a Deployment's rollout that is %s is stuck since %s", (reason, since) => {
  const conditions = [{ type: "Progressing", status: "False" as const, reason, lastTransitionTime: secondsAgo(300) }];
  expect(readWorkload(theObjects({ object: aDeployment({ status: { conditions } }) })).stuckSince).toBe(since);
});

test.each<[sentence: string, status: Partial<StatefulSetStatus>, rollout: Workload["rollout"]]>([
  ["through", { currentRevision: "b", updateRevision: "b" }, "Complete"],
  ["old pods left", { currentRevision: "a", updateRevision: "b" }, "Progressing"],
  ["put back half-way", { currentRevision: "a", updateRevision: "a", updatedReplicas: 2 }, "Progressing"],
  ["its controller is behind", { currentRevision: "b", updateRevision: "b", observedGeneration: 6 }, "Progressing"],
])("a StatefulSet, %s", (_, status, rollout) => {
  const object = { ...aDeployment(), status: { observedGeneration: 7, replicas: 3, updatedReplicas: 3, ...status } };
  expect(readWorkload({ ...theObjects(), kind: "StatefulSet", object: object as never }).rollout).toBe(rollout); // reason: as good as a StatefulSet here
});

/** A StatefulSet or DaemonSet whose third pod is of the new revision and not ready. */
function halfWay(
  kind: "StatefulSet" | "DaemonSet",
  pod: { madeAgo: number; changedAgo: number },
  deadline?: string,
  updateStrategy?: object,
) {
  const annotations = deadline === undefined ? {} : { "autoheal.dev/progress-deadline-seconds": deadline };
  const { metadata, spec } = aDeployment();
  const status =
    kind === "StatefulSet"
      ? { observedGeneration: 7, currentRevision: "web-1", updateRevision: "web-2", updatedReplicas: 1 }
      : { observedGeneration: 7, desiredNumberScheduled: 3, updatedNumberScheduled: 1 };
  const object = { metadata: { ...metadata, annotations }, spec: { ...spec, updateStrategy }, status } as never; // reason: as good as one here
  const revisions = [1, 2].map(
    (n) => ({ ...aReplicaSet(n), revision: n, data: { spec: aReplicaSet(n).spec } }) as never,
  ); // reason: ControllerRevisions hold the template as their data
  const hash = kind === "StatefulSet" ? "web-2" : "2";
  const owner = { apiVersion: "apps/v1", kind, name: "web", uid: "uid-web", controller: true };
  const { status: seen, ...young } = aPod("a", false, {
    name: "web-2",
    uid: "uid-new",
    creationTimestamp: secondsAgo(pod.madeAgo),
    labels: { "controller-revision-hash": hash },
    ownerReferences: [owner],
  });
  const conditions = [{ type: "Ready", status: "False" as const, lastTransitionTime: secondsAgo(pod.changedAgo) }];
  return readWorkload(theObjects({ kind, object, revisions, pods: [{ ...young, status: { ...seen, conditions } }] }));
}

test.each<
  [
    sentence: string,
    pod: { madeAgo: number; changedAgo: number },
    deadline: string | undefined,
    rollout: Workload["rollout"],
  ]
>([
  ["within ten minutes", { madeAgo: 599, changedAgo: 599 }, undefined, "Progressing"],
  ["ten minutes on", { madeAgo: 600, changedAgo: 600 }, undefined, "Stuck"],
  ["made long ago, and ready until lately", { madeAgo: 3600, changedAgo: 599 }, undefined, "Progressing"],
  ["past the deadline that it says", { madeAgo: 60, changedAgo: 60 }, "60", "Stuck"],
  ["within the deadline that it says", { madeAgo: 3600, changedAgo: 3600 }, "7200", "Progressing"],
  ["of a deadline that is no number", { madeAgo: 599, changedAgo: 599 }, "soon", "Progressing"],
])("a new pod that does not get ready, %s", (_, pod, deadline, rollout) => {
  const read = (["StatefulSet", "DaemonSet"] as const).map((kind) => halfWay(kind, pod, deadline).rollout);
  expect(read).toEqual([rollout, rollout]);
});

test.each<[kind: "StatefulSet" | "DaemonSet", updateStrategy: object]>([
  ["StatefulSet", { type: "RollingUpdate", rollingUpdate: { partition: 2 } }],
  ["StatefulSet", { type: "OnDelete" }],
  ["DaemonSet", { type: "OnDelete" }],
])(
  "the first pods of a %s's new template that people bring, by %j, and that never get ready, are a stuck rollout",
  (kind, updateStrategy) => {
    expect(halfWay(kind, { madeAgo: 599, changedAgo: 599 }, undefined, updateStrategy).rollout).toBe("Complete");
    expect(halfWay(kind, { madeAgo: 600, changedAgo: 600 }, undefined, updateStrategy).rollout).toBe("Stuck");
  },
);

test.each<[strategy: object, replicas: number, taken: number]>([
  [{}, 3, 0],
  [{}, 4, 1],
  [{ rollingUpdate: { maxUnavailable: "50%" } }, 3, 1],
  [{ rollingUpdate: { maxUnavailable: "100%" } }, 3, 3],
  [{ rollingUpdate: { maxUnavailable: 2 } }, 3, 2],
  [{ rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } }, 3, 0],
  [{ rollingUpdate: { maxUnavailable: "25%", maxSurge: 0 } }, 3, 1],
  [{ rollingUpdate: { maxUnavailable: 0, maxSurge: "0%" } }, 3, 1],
])("a Deployment's strategy %j takes of %i replicas at a time %i", (strategy, replicas, taken) => {
  const object = aDeployment({ spec: { ...aDeployment().spec, strategy, replicas } as never }); // reason: the template is there
  expect(readWorkload(theObjects({ object })).maxUnavailable).toBe(taken);
});

test("a Deployment of no replicas has none to take away, as controllers count", () => {
  const object = aDeployment({ spec: { ...aDeployment().spec, replicas: 0 } as never }); // reason: the template is there
  expect(readWorkload(theObjects({ object, pods: [] }))).toMatchObject({ replicas: 0, maxUnavailable: 1 });
});

test.each<[strategy: object, replicas: number, taken: number]>([
  [{}, 3, 1],
  [{ rollingUpdate: { maxUnavailable: "34%" } }, 3, 2],
  [{ rollingUpdate: { maxUnavailable: "10%" } }, 3, 1],
])("a StatefulSet's strategy %j takes of %i replicas at a time %i", (updateStrategy, replicas, taken) => {
  const object = { ...aDeployment(), spec: { ...aDeployment().spec, updateStrategy, replicas } };
  expect(readWorkload({ ...theObjects(), kind: "StatefulSet", object: object as never }).maxUnavailable).toBe(taken); // reason: as good as a StatefulSet here
});

test.each<[sentence: string, updateStrategy: object, strategy: Workload["strategy"]]>([
  ["replaces all its pods", { type: "RollingUpdate", rollingUpdate: { partition: 0 } }, "Rolling"],
  ["keeps pods back by its partition", { type: "RollingUpdate", rollingUpdate: { partition: 2 } }, "OnDelete"],
])("a StatefulSet that %s", (_, updateStrategy, strategy) => {
  const object = { ...aDeployment(), spec: { ...aDeployment().spec, updateStrategy } };
  expect(readWorkload({ ...theObjects(), kind: "StatefulSet", object: object as never }).strategy).toBe(strategy); // reason: as good as a StatefulSet here
});

test.each<[updateStrategy: object, updatedReplicas: number, rollout: Workload["rollout"], put?: "back"]>([
  [{ type: "RollingUpdate", rollingUpdate: { partition: 2 } }, 0, "Progressing"],
  [{ type: "RollingUpdate", rollingUpdate: { partition: 2 } }, 1, "Complete"],
  [{ type: "RollingUpdate", rollingUpdate: { partition: 2 } }, 2, "Progressing", "back"],
  [{ type: "OnDelete" }, 0, "Complete"],
  [{ type: "RollingUpdate" }, 1, "Progressing"],
])(
  "a StatefulSet of 3 with the strategy %j, %i of them updated, is %s: only what its controller replaces counts",
  (...row) => {
    const [updateStrategy, updatedReplicas, rollout, put] = row;
    const { spec, status } = aDeployment();
    const object = {
      ...aDeployment(),
      spec: { ...spec, updateStrategy },
      status: { ...status, updatedReplicas, currentRevision: put ? "db-2" : "db-1", updateRevision: "db-2" },
    };
    expect(readWorkload({ ...theObjects(), kind: "StatefulSet", object: object as never }).rollout).toBe(rollout); // reason: as good as a StatefulSet here
  },
);

test("a DaemonSet whose pods people replace by hand is not on its way for ever", () => {
  const spec = { ...aDeployment().spec, updateStrategy: { type: "OnDelete" } };
  const status = { observedGeneration: 7, desiredNumberScheduled: 3, updatedNumberScheduled: 1 };
  const object = { ...aDeployment(), spec, status };
  expect(readWorkload({ ...theObjects(), kind: "DaemonSet", object: object as never }).rollout).toBe("Complete"); // reason: as good as a DaemonSet here
});

test.each<[type: string, strategy: Workload["strategy"]]>([
  ["RollingUpdate", "Rolling"],
  ["Recreate", "Recreate"],
])("strategy %s", (type, strategy) => {
  const object = aDeployment({ spec: { ...aDeployment().spec, strategy: { type } } as never }); // reason: the template is there
  expect(readWorkload(theObjects({ object })).strategy).toBe(strategy);
});

const revision = (number: number, fingerprint: string, ago: number, readyPods = 0) => ({
  name: `web-${number}`,
  uid: `uid-web-${number}`,
  number,
  fingerprint,
  createdAt: secondsAgo(ago),
  readyPods,
});

test.each<[sentence: string, revisions: Workload["revisions"], ago: number]>([
  ["its first revision", [revision(1, "A", 500)], 500],
  ["a new revision", [revision(2, "B", 300), revision(1, "A", 500)], 300],
  [
    "a revision restarted twice since: the first of it",
    [revision(4, "B", 50), revision(3, "B", 100), revision(2, "B", 300), revision(1, "A", 500)],
    300,
  ],
  [
    "put back and restarted: not when it first was",
    [revision(3, "A", 50), revision(2, "B", 300), revision(1, "A", 500)],
    50,
  ],
])("rolled out: %s", (_, revisions, ago) => {
  expect(rolledOutAt(aWorkload({ revisions }))).toBe(secondsAgo(ago));
});

test("a workload without any revision was rolled out when it was made", () => {
  expect(rolledOutAt(aWorkload({ revisions: [], createdAt: secondsAgo(900) }))).toBe(secondsAgo(900));
});

test("earlier revisions are those of other templates: a restart is none", () => {
  const revisions = [revision(3, "B", 50), revision(2, "B", 300), revision(1, "A", 500)];
  expect(earlierRevisions(aWorkload({ revisions })).map(({ name }) => name)).toEqual(["web-1"]);
});

test("a revision whose number can't be read comes last, and changes nothing in the order of the others", () => {
  const replicaSet = (n: number, revision: string | undefined) => {
    const metadata = {
      ...aReplicaSet(n).metadata,
      annotations: revision ? { "deployment.kubernetes.io/revision": revision } : {},
    };
    return aReplicaSet(n, { metadata });
  };
  const revisions = [
    replicaSet(1, "1"),
    replicaSet(4, "four"),
    replicaSet(3, "3"),
    replicaSet(5, undefined),
    replicaSet(2, "2"),
  ];
  const read = readWorkload(theObjects({ revisions }));
  expect(read.revisions.map(({ name }) => name)).toEqual(["web-2", "web-3", "web-1", "web-4", "web-5"]);
});

test("the current revision comes first, also where an old template was put back and is not renumbered yet", () => {
  const object = aDeployment({ spec: { ...aDeployment().spec, template: aReplicaSet(1).spec?.template } as never }); // reason: it is there
  const template = { ...aReplicaSet(1).spec?.template, metadata: { labels: { app: "web" } } };
  const read = readWorkload(
    theObjects({
      object: { ...object, spec: { ...object.spec, template } as never }, // reason: a Deployment's template has no hash
      revisions: [aReplicaSet(1), aReplicaSet(2), aReplicaSet(3)],
      pods: [aPod("a")],
    }),
  );
  expect(read.revisions.map(({ name }) => name)).toEqual(["web-1", "web-3", "web-2"]);
});
