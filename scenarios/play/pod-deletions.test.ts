import { expect, test } from "vitest";
import type { KubernetesObject } from "../target/index.ts";
import { type Reading, watchDeletions } from "./pod-deletions.ts";

function anObject(kind: string, name: string, owner?: string, more: Partial<KubernetesObject> = {}): KubernetesObject {
  const ownerReferences = owner ? [{ kind: "Owner", name: owner }] : [];
  const metadata = { name, uid: `${name}-uid`, resourceVersion: "1", creationTimestamp: "", ownerReferences };
  return { apiVersion: "v1", kind, metadata, ...more };
}

function aSet(name: string, revision: number, replicas: number): KubernetesObject {
  const set = anObject("ReplicaSet", name, "web", { spec: { replicas } });
  return {
    ...set,
    metadata: { ...set.metadata, annotations: { "deployment.kubernetes.io/revision": String(revision) } },
  };
}

const pod = (name: string, set = "web-1") => anObject("Pod", name, set);

const before: Reading = {
  pods: [pod("a"), pod("b")],
  sets: [aSet("web-1", 1, 2)],
  deployments: [anObject("Deployment", "web")],
};

test.for<[string, Partial<Reading>, string[]]>([
  ["nothing changed", {}, []],
  ["a pod is gone", { pods: [pod("b"), pod("c")] }, ["a"]],
  [
    "a pod is on its way out",
    { pods: [pod("b"), { ...pod("a"), metadata: { ...pod("a").metadata, deletionTimestamp: "now" } }] },
    ["a"],
  ],
  ["a rollout took it", { pods: [pod("b"), pod("c", "web-2")], sets: [aSet("web-1", 1, 1), aSet("web-2", 2, 1)] }, []],
  ["it was scaled down", { pods: [pod("b")], sets: [aSet("web-1", 1, 1)] }, []],
  ["its Deployment was deleted", { pods: [], sets: [aSet("web-1", 1, 2)], deployments: [] }, []],
])("%s: the deletions that somebody made are %s", ([, change, names]) => {
  const watch = watchDeletions(new Set());
  watch.look(before);
  watch.look({ ...before, ...change });
  expect(watch.deletions().map(({ pod }) => pod)).toEqual(names);
});

test("a pod that the runner itself deleted is not somebody else's doing", () => {
  const watch = watchDeletions(new Set(["a-uid"]));
  watch.look(before);
  watch.look({ ...before, pods: [pod("b")] });
  expect(watch.deletions()).toEqual([]);
});
