import type { ControllerRevision } from "kubernetes-types/apps/v1.js";
import { expect, test } from "vitest";
import type { Plan } from "../lib/action/index.ts";
import type { Remediation } from "../lib/incident/index.ts";
import { aDeployment, aRemediation, aReplicaSet, theObjects } from "../lib/testing/index.ts";
import { readWorkload, type WorkloadObjects } from "../lib/workload/index.ts";
import { plan } from "./plan.ts";

const back = {
  what: "rollBack",
  toRevision: "web-1",
  toUid: "uid-web-1",
  fromRevision: "web-2",
  fromUid: "uid-web-2",
} as const;

function planned(
  objects: Partial<WorkloadObjects> = {},
  change: Remediation["change"] = back,
  id = "5c1d-1",
): ReturnType<Plan> {
  const all = theObjects(objects);
  const entry = aRemediation({ id, remedy: "rollback", change });
  return plan({ entry, workload: readWorkload(all), objects: all });
}

const template = (version: number) => ({
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "app", image: `web:${version}` }] },
});
const replacing = (kind: string, annotations: object, version = 1, id = "5c1d-1") => ({
  there: false,
  effects: [
    {
      do: "replace",
      object: { kind, namespace: "shop", name: "web" },
      operations: [
        { op: "replace", path: "/metadata/resourceVersion", value: "100" },
        { op: "add", path: "/metadata/annotations", value: { ...annotations, "autoheal.dev/remediation": id } },
        { op: "replace", path: "/spec/template", value: template(version) },
      ],
    },
  ],
});
const revisionAnnotation = { "deployment.kubernetes.io/revision": "2" };

test("a Deployment gets the whole template of the ReplicaSet, without its hash, and keeps its annotations", () => {
  expect(planned()).toEqual(replacing("Deployment", revisionAnnotation));
});

test("a Deployment without annotations", () => {
  const { annotations: _, ...metadata } = aDeployment().metadata ?? {};
  const object = { ...aDeployment(), metadata };
  expect(planned({ object })).toEqual(replacing("Deployment", {}));
});

test("taken back: the same, the other way round", () => {
  const object = aDeployment({ spec: { ...aDeployment().spec, template: template(1) } as never }); // reason: a Deployment's spec with another template
  const revisions = [aReplicaSet(2), renumbered(1, "3")];
  const undo = { ...back, toRevision: "web-2", toUid: "uid-web-2", fromRevision: "web-1", fromUid: "uid-web-1" };
  expect(planned({ object, revisions }, undo, "5c1d-1-undo")).toEqual(
    replacing("Deployment", revisionAnnotation, 2, "5c1d-1-undo"),
  );
});

test.each(["StatefulSet", "DaemonSet"] as const)("a %s gets what its ControllerRevision holds", (kind) => {
  expect(planned({ kind, revisions: [revision(1), revision(2)] })).toEqual(replacing(kind, revisionAnnotation));
});

test.each<[sentence: string, objects: Partial<WorkloadObjects>, reason: string]>([
  ["the revision was cleaned up", { revisions: [aReplicaSet(2)] }, "RevisionGone"],
  [
    "one of that name is another",
    { revisions: [aReplicaSet(1, { metadata: other("new") }), aReplicaSet(2)] },
    "RevisionGone",
  ],
  [
    "it belongs to another workload",
    { revisions: [aReplicaSet(1, { metadata: { ...other("uid-web-1"), ownerReferences: [] } }), aReplicaSet(2)] },
    "RevisionGone",
  ],
  [
    "the workload is at another revision by now",
    { revisions: [aReplicaSet(1), aReplicaSet(2), renumbered(2, "3", "web-3")] },
    "ChangedMeanwhile",
  ],
  ["it has no revision at all", { revisions: [] }, "ChangedMeanwhile"],
  [
    "its ControllerRevision is empty",
    { kind: "StatefulSet", revisions: [{ ...revision(1), data: {} }, revision(2)] },
    "RevisionGone",
  ],
])("holds: %s", (_sentence, objects, reason) => {
  expect(planned(objects)).toMatchObject({ verdict: "hold", reason });
});

test.each<Remediation["change"]>([
  { what: "restartRollout" },
  { what: "restartPods", pods: [{ name: "web-2-a", uid: "uid-a" }] },
  { what: "setReplicas", replicas: 0, fromReplicas: 3 },
  { what: "setMaxReplicas", hpa: "web", hpaUid: "u", maxReplicas: 9, fromMaxReplicas: 3 },
])("$what is no rollback", (change) => {
  expect(planned({}, change)).toMatchObject({ verdict: "hold", reason: "NotReserved" });
});

function other(uid: string) {
  return { ...aReplicaSet(1).metadata, uid };
}

/** The ReplicaSet of image web:<n> with another number, and by another name if one is given. */
function renumbered(n: number, number: string, name = `web-${n}`) {
  const annotations = { "deployment.kubernetes.io/revision": number };
  return aReplicaSet(n, { metadata: { ...aReplicaSet(n).metadata, name, uid: `uid-${name}`, annotations } });
}

/** A ControllerRevision of image web:<n>: its data is a strategic merge patch that replaces the template. */
function revision(n: number): ControllerRevision {
  const { metadata } = aReplicaSet(n);
  return {
    ...{ apiVersion: "apps/v1", kind: "ControllerRevision", revision: n },
    ...(metadata ? { metadata } : {}),
    data: { spec: { template: { ...template(n), $patch: "replace" } } },
  };
}
