import { expect, test } from "vitest";
import type { Cluster, ClusterObject } from "./cluster.ts";
import { ownerOf } from "./read-workload.ts";

const owner = (kind: string, name: string, apiVersion = "apps/v1") => ({
  ownerReferences: [{ apiVersion, kind, name, uid: `uid-${name}`, controller: true }],
});

function aPod(name: string, phase: string, owned: object): object {
  return {
    metadata: { name, uid: `uid-${name}`, labels: { app: "web" }, ...owned },
    spec: { containers: [{ name: "app" }] },
    status: { phase },
  };
}

/** The namespace shop with the ReplicaSet and the Service of web, and these pods. */
function clusterOf(...pods: object[]): Cluster {
  const there: Record<string, object> = {
    "services/web": { metadata: { name: "web" }, spec: { selector: { app: "web" } } },
    "replicasets/web-1": { metadata: { name: "web-1", ...owner("Deployment", "web") } },
  };
  const reads: Partial<Cluster> = {
    // reason: each answers as the API server does to what is asked here
    get: (async (resource, _, name) =>
      resource === "pods"
        ? (pods as ClusterObject[]).find(({ metadata }) => metadata.name === name)
        : there[`${resource}/${name}`]) as Cluster["get"],
    list: (async () => pods) as Cluster["list"],
  };
  return reads as Cluster;
}

const web = aPod("web-1-a", "Running", owner("ReplicaSet", "web-1"));
const migration = (phase: string) => aPod("migrate-x", phase, owner("Job", "migrate", "batch/v1"));

test.each<[sentence: string, pods: object[], found: boolean]>([
  ["its own pods", [web], true],
  ["a migration that has ended", [web, migration("Succeeded")], true],
  ["a migration that has failed", [web, migration("Failed")], true],
  ["a migration that still runs", [web, migration("Running")], false],
])("a service leads to the workload of its pods, which are %s", async (_, pods, found) => {
  const workload = { kind: "Deployment", namespace: "shop", name: "web" };
  for (const target of [
    { by: "service", namespace: "shop", name: "web" },
    { by: "container", namespace: "shop", name: "app" },
  ] as const) {
    const led = await ownerOf(clusterOf(...pods), target);
    expect(led).toEqual(found ? { found, workload } : { found, why: "SeveralOwners" });
  }
});

/** A cluster of these objects, by collection. */
function holding(objects: Record<string, object>): Cluster {
  const known: Partial<Cluster> = {
    get: (async (resource) => objects[resource]) as Cluster["get"], // reason: one object of each kind is enough here
  };
  return known as Cluster; // reason: nothing else is asked
}

const ownedBy = (apiVersion: string, kind: string) => ({
  metadata: { name: "web-0", ownerReferences: [{ apiVersion, kind, name: "web", uid: "uid-web", controller: true }] },
});
const scaling = (apiVersion: string | undefined) => ({
  metadata: { name: "web" },
  spec: { scaleTargetRef: { apiVersion, kind: "StatefulSet", name: "web" }, maxReplicas: 3 },
});
const stateful = { found: true, workload: { kind: "StatefulSet", namespace: "shop", name: "web" } };
const notOurs = { found: false, why: "NotAWorkload" };

test.each([
  ["Kubernetes' own StatefulSet", "apps/v1", stateful],
  ["another group's kind of that name", "apps.kruise.io/v1beta1", notOurs],
])("a pod's owner: %s", async (_, apiVersion, owner) => {
  const cluster = holding({ pods: ownedBy(apiVersion, "StatefulSet") });
  expect(await ownerOf(cluster, { by: "pod", namespace: "shop", name: "web-0" })).toEqual(owner);
});

test.each([
  ["Kubernetes' own StatefulSet", "apps/v1", stateful],
  ["one that does not say its group", undefined, stateful],
  ["another group's kind of that name", "apps.kruise.io/v1beta1", notOurs],
])("what an autoscaler scales: %s", async (_, apiVersion, owner) => {
  const cluster = holding({ horizontalpodautoscalers: scaling(apiVersion), statefulsets: scaling(undefined) });
  expect(await ownerOf(cluster, { by: "hpa", namespace: "shop", name: "web" })).toEqual(owner);
});
