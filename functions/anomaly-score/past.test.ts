import { type Cluster, ClusterError } from "@autoheal/lib/drivers/kubernetes";
import {
  aDeployment,
  anAlert,
  anIncident,
  aReplicaSet,
  aWorkload,
  now,
  secondsAgo,
  theObjects,
} from "@autoheal/lib/testing";
import type { Workload } from "@autoheal/lib/workload";
import { describe, expect, test } from "vitest";
import { type Past, pastOf, readPasts } from "./past.ts";
import { readWatched } from "./watched.ts";

/** The settings that the README says. */
const margins = { settlingSeconds: 600, buildUpSeconds: 900 };
const minutes = 60;
const hours = 60 * minutes;
/** So many seconds ago, in seconds since the epoch. */
const ago = (seconds: number) => now.getTime() / 1000 - seconds;
const span = (from: number, to: number) => ({ fromSeconds: ago(from), toSeconds: ago(to) });
const revision = (number: number, fingerprint: string, createdAgo: number) => ({
  name: `web-${number}`,
  uid: `uid-${number}`,
  number,
  fingerprint,
  createdAt: secondsAgo(createdAgo),
  readyPods: 3,
});
/** A calm one whose single revision came ten hours ago. */
const first = revision(1, "A", 10 * hours);
const settling = span(10 * hours, 10 * hours - 10 * minutes);

type Given = { revisions: Workload["revisions"]; since: number; cuts: Past["cuts"] };
test.each<[sentence: string, given: Given]>([
  ["one revision: it began, and settled", { revisions: [first], since: 10 * hours, cuts: [settling] }],
  [
    "a new revision begins a new baseline",
    {
      revisions: [revision(2, "B", 2 * hours), first],
      since: 2 * hours,
      cuts: [span(2 * hours, 110 * minutes), settling],
    },
  ],
  [
    "a restart of the same goes on with the old baseline, without the time of the restart",
    {
      revisions: [revision(2, "A", 2 * hours), first],
      since: 10 * hours,
      cuts: [span(2 * hours, 110 * minutes), settling],
    },
  ],
  [
    "a revision that was put back is as old as it was: what ran in between is an incident's, or was let run",
    {
      revisions: [{ ...first, number: 3 }, revision(2, "B", 2 * hours)],
      since: 10 * hours,
      cuts: [settling, span(2 * hours, 110 * minutes)],
    },
  ],
])("%s", (_, { revisions, since, cuts }) => {
  expect(pastOf(aWorkload({ revisions }), [], now, margins)).toEqual({
    workload: { kind: "Deployment", namespace: "shop", name: "web" },
    labels: { app: "web" },
    sinceSeconds: ago(since),
    cuts,
  });
});

test("without any revision it began when it was made", () => {
  const past = pastOf(aWorkload({ revisions: [], createdAt: secondsAgo(hours) }), [], now, margins);
  expect(past).toMatchObject({ sinceSeconds: ago(hours), cuts: [] });
});

/** The incident that was opened three hours ago, an alert of it having begun so long ago. */
const incident = (alertsAgo: number[], closedAgo?: number) => {
  const { metadata, ...rest } = anIncident(undefined, {
    alerts: alertsAgo.map((seconds) => anAlert({ startsAt: secondsAgo(seconds) })),
    ...(closedAgo === undefined ? {} : { phase: "Closed", closedAt: secondsAgo(closedAgo) }),
  });
  return { ...rest, metadata: { ...metadata, creationTimestamp: secondsAgo(3 * hours) } };
};
const { status: _none, ...justMade } = incident([]);

test.each<[sentence: string, given: Parameters<typeof pastOf>[1], cuts: Past["cuts"]]>([
  [
    "a closed one, from a quarter of an hour before its first alert to its end",
    [incident([3 * hours, 4 * hours], 2 * hours)],
    [span(4.25 * hours, 2 * hours)],
  ],
  ["an open one, to now", [incident([4 * hours])], [span(4.25 * hours, 0)]],
  ["one whose alerts are younger than itself, from itself", [incident([hours], 0)], [span(3.25 * hours, 0)]],
  ["one without an alert, from itself", [incident([], hours)], [span(3.25 * hours, hours)]],
  ["one that was just made, and has no status yet", [justMade], [span(3.25 * hours, 0)]],
  [
    "two, each by itself",
    [incident([4 * hours], 2 * hours), incident([hours])],
    [span(4.25 * hours, 2 * hours), span(3.25 * hours, 0)],
  ],
])("an incident is cut out: %s", (_, incidents, cuts) => {
  expect(pastOf(aWorkload({ revisions: [first] }), incidents, now, margins).cuts).toEqual([settling, ...cuts]);
});

test("an alert whose time can't be read is as if it were not", () => {
  const odd = incident([4 * hours], 2 * hours);
  odd.status?.alerts.push(anAlert({ startsAt: "soon" }));
  expect(pastOf(aWorkload({ revisions: [] }), [odd], now, margins).cuts).toEqual([span(4.25 * hours, 2 * hours)]);
});

/** A cluster that holds these lists, and nothing else. */
function clusterOf(lists: Readonly<Record<string, readonly object[]>>): Cluster {
  const list: Cluster["list"] = async (resource, { namespace, labelSelector } = {}) => {
    const [label, value] = labelSelector?.split("=") ?? [];
    const objects = (lists[resource] ?? []) as Awaited<ReturnType<typeof list>>; // reason: the test's own objects
    return objects.filter(
      ({ metadata }) =>
        (namespace === undefined || metadata.namespace === namespace) &&
        (label === undefined || metadata.labels?.[label] === value),
    ) as never; // reason: the caller names the type
  };
  return { list } as Cluster; // reason: nothing else is asked of it
}

const made = (name: string, over: object = {}) => {
  const { metadata, ...rest } = aDeployment();
  return { ...rest, metadata: { ...metadata, name, uid: `made-${name}`, labels: {}, ...over } };
};
const any = () => true;
const names = (pasts: readonly Past[]) =>
  pasts.map(({ workload: { kind, namespace, name } }) => `${namespace}/${kind}/${name}`);

describe("from the cluster", () => {
  const { object, revisions } = theObjects();
  const elsewhere = {
    ...incident([hours]),
    spec: { ...incident([]).spec, workload: { kind: "StatefulSet", namespace: "shop", name: "web" } },
  };
  const ofNobody = { ...incident([hours]), spec: { ...incident([]).spec, workload: undefined } };
  const cluster = clusterOf({
    deployments: [object, made("api", { namespace: "bank" })],
    statefulsets: [made("web")],
    daemonsets: [made("agent")],
    replicasets: [...revisions, aReplicaSet(3, { metadata: { ...aReplicaSet(3).metadata, ownerReferences: [] } })],
    incidents: [incident([4 * hours], 2 * hours), elsewhere, ofNobody],
  });

  test("workloads of all kinds, each with its own revisions and incidents", async () => {
    const pasts = await readPasts(cluster, {}, any, now, margins);
    expect(names(pasts)).toEqual([
      "shop/Deployment/web",
      "bank/Deployment/api",
      "shop/StatefulSet/web",
      "shop/DaemonSet/agent",
    ]);
    expect(pasts.map(({ cuts }) => cuts.length)).toEqual([3, 0, 1, 0]);
    expect(pasts[2]?.cuts).toEqual([span(3.25 * hours, 0)]);
  });

  test("only those of a namespace, and only those that are wanted", async () => {
    expect(names(await readPasts(cluster, { namespace: "bank" }, any, now, margins))).toEqual(["bank/Deployment/api"]);
    expect(names(await readPasts(cluster, {}, ({ kind }) => kind === "DaemonSet", now, margins))).toEqual([
      "shop/DaemonSet/agent",
    ]);
    expect(await readPasts(cluster, { namespace: "empty" }, any, now, margins)).toEqual([]);
  });

  test("the API server being away is told as it is", async () => {
    const away = { list: async () => Promise.reject(new ClusterError("Unavailable", "away")) } as unknown as Cluster; // reason: nothing else is asked of it
    await expect(readPasts(away, {}, any, now, margins)).rejects.toThrow(ClusterError);
  });
});

describe("who is watched", () => {
  const label = "autoheal.dev/anomalies";
  const namespace = (name: string, labels: object = {}) => ({ metadata: { name, uid: name, labels } });

  test.each<[sentence: string, ofNamespace: object, own: object, watched: boolean]>([
    ["nobody said anything", {}, {}, false],
    ["the namespace", { [label]: "true" }, {}, true],
    ["the workload alone", {}, { [label]: "true" }, true],
    ["the namespace, and the workload not", { [label]: "true" }, { [label]: "false" }, false],
    ["the namespace not, and the workload", { [label]: "false" }, { [label]: "true" }, true],
    ["the namespace in other words", { [label]: "yes" }, {}, false],
    ["the workload in other words", { [label]: "true" }, { [label]: "yes" }, false],
  ])("%s", async (_, ofNamespace, own, watched) => {
    const cluster = clusterOf({
      namespaces: [namespace("shop", ofNamespace), namespace("bank")],
      deployments: [made("web", { labels: own }), made("api", { namespace: "bank" })],
    });
    expect(names(await readWatched(cluster, now, margins))).toEqual(watched ? ["shop/Deployment/web"] : []);
  });
});
