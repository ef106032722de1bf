import { expect, test } from "vitest";
import type { Cluster } from "./cluster.ts";
import { ownerOf } from "./read-workload.ts";

/** A cluster of these objects, by collection. */
function clusterOf(objects: Record<string, object>): Cluster {
  const known: Partial<Cluster> = {
    get: (async (resource) => objects[resource]) as Cluster["get"], // reason: one object of each kind is enough here
  };
  return known as Cluster; // reason: nothing else is asked
}

const owned = (apiVersion: string, kind: string) => ({
  metadata: { name: "web-0", ownerReferences: [{ apiVersion, kind, name: "web", uid: "uid-web", controller: true }] },
});
const scaling = (apiVersion: string | undefined) => ({
  metadata: { name: "web" },
  spec: { scaleTargetRef: { apiVersion, kind: "StatefulSet", name: "web" }, maxReplicas: 3 },
});
const found = { found: true, workload: { kind: "StatefulSet", namespace: "shop", name: "web" } };
const notOurs = { found: false, why: "NotAWorkload" };

test.each([
  ["Kubernetes' own StatefulSet", "apps/v1", found],
  ["another group's kind of that name", "apps.kruise.io/v1beta1", notOurs],
])("a pod's owner: %s", async (_, apiVersion, owner) => {
  const cluster = clusterOf({ pods: owned(apiVersion, "StatefulSet") });
  expect(await ownerOf(cluster, { by: "pod", namespace: "shop", name: "web-0" })).toEqual(owner);
});

test.each([
  ["Kubernetes' own StatefulSet", "apps/v1", found],
  ["one that does not say its group", undefined, found],
  ["another group's kind of that name", "apps.kruise.io/v1beta1", notOurs],
])("what an autoscaler scales: %s", async (_, apiVersion, owner) => {
  const cluster = clusterOf({ horizontalpodautoscalers: scaling(apiVersion), statefulsets: scaling(undefined) });
  expect(await ownerOf(cluster, { by: "hpa", namespace: "shop", name: "web" })).toEqual(owner);
});
