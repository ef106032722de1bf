import type { Incident } from "@autoheal/lib/incident";
import type { HealingPolicy } from "@autoheal/lib/policy";
import type { Workload } from "@autoheal/lib/workload";
import { expect, test } from "vitest";
import { after, anIncident, aRemediation, beginning } from "./fixtures/incidents.ts";
import { type Seen, statusOf } from "./status.ts";

const now = new Date(beginning + 60_000);

function aWorkload(change: Partial<Workload> = {}): Workload {
  return {
    kind: "Deployment",
    namespace: "shop",
    name: "user",
    uid: "33333333-3333-4333-8333-333333333333",
    resourceVersion: "1",
    generation: 1,
    labels: { app: "user" },
    replicas: 2,
    readyReplicas: 2,
    rollout: "Complete",
    stuckSince: undefined,
    strategy: "Rolling",
    ordered: false,
    keepsData: false,
    maxUnavailable: 0,
    paused: false,
    mark: undefined,
    createdAt: after(-1000),
    template: "",
    revisions: [],
    pods: [],
    autoscaler: undefined,
    keeper: undefined,
    dependsOn: [],
    ...change,
  };
}

function seen(change: Partial<Seen> = {}): Seen {
  return {
    ownNamespace: "autoheal",
    namespaces: [
      { name: "shop", labels: { "autoheal.dev/mode": "Auto" } },
      { name: "elsewhere", labels: {} },
    ],
    workloads: [aWorkload()],
    incidents: [],
    policies: [],
    pauses: [],
    ...change,
  };
}

function withIncident(...status: Parameters<typeof anIncident>): Partial<Seen> {
  return { workloads: [aWorkload({ readyReplicas: 1 })], incidents: [anIncident(...status)] };
}

const table: [name: string, change: Partial<Seen>, state: string, text: string][] = [
  ["all pods ready and no incident", {}, "Healthy", "The one workload is healthy"],
  [
    "one pod short, no incident yet",
    { workloads: [aWorkload({ readyReplicas: 1 })] },
    "Degraded",
    "1 of 1 workload is degraded",
  ],
  [
    "scaled to 0 by somebody",
    { workloads: [aWorkload({ replicas: 0, readyReplicas: 0 })] },
    "Healthy",
    "The one workload is healthy",
  ],
  ["an incident that nobody has looked at", withIncident({}), "Degraded", "1 of 1 workload is degraded"],
  ["a remedy under way", withIncident({ phase: "Remediating" }), "Healing", "Healing 1 of 1 workload"],
  ["a remedy being proven", withIncident({ phase: "Proving" }), "Healing", "Healing 1 of 1 workload"],
  ["a hold", withIncident({ phase: "Held" }), "Held", "1 of 1 workload is held"],
  [
    "a hold that waits for a decision",
    withIncident({
      phase: "Held",
      outbox: [{ id: "1", event: "proposed", title: "Restart?", lines: [], at: after(5) }],
    }),
    "NeedsPerson",
    "1 of 1 workload needs a person",
  ],
  ["an escalation", withIncident({ phase: "Escalated" }), "NeedsPerson", "1 of 1 workload needs a person"],
  [
    "a closed incident of a ready workload",
    { incidents: [anIncident({ phase: "Closed", closedAt: after(30) })] },
    "Healthy",
    "The one workload is healthy",
  ],
];

test.each(table)("%s", (_name, change, state, text) => {
  const status = statusOf(seen(change), now);
  expect(status.workloads.map((one) => one.state)).toEqual([state]);
  expect(status.overall).toMatchObject({ state, text });
});

test("an incident without a status, as it stands right after its creation, is shown", () => {
  const { status: _, ...fresh } = anIncident();
  const status = statusOf(seen({ incidents: [fresh] }), now);
  expect(status.workloads[0]).toMatchObject({ state: "Degraded", incidents: [{ phase: "Open", steps: [] }] });
});

test("a namespace without the label is left out, unless a workload of it has an open incident", () => {
  const there = (name: string) => aWorkload({ namespace: "elsewhere", name });
  const spec = {
    workload: { kind: "Deployment" as const, namespace: "elsewhere", name: "hit" },
    subject: "elsewhere/Deployment/hit",
    openedAt: after(0),
  };
  const status = statusOf(
    seen({ workloads: [there("calm"), there("hit")], incidents: [anIncident({}, { spec })] }),
    now,
  );
  expect(status.workloads.map(({ name, mode }) => [name, mode])).toEqual([["hit", "Observe"]]);
  expect(status.namespaces).toEqual([{ name: "shop", mode: "Auto" }]);
});

test("a workload that is gone stays while its incident is open, without replicas", () => {
  const [gone, ...others] = statusOf(seen({ workloads: [], incidents: [anIncident()] }), now).workloads;
  expect(gone).toMatchObject({ name: "user", state: "Degraded" });
  expect(gone).not.toHaveProperty("replicas");
  expect(others).toEqual([]);
});

test("an alert that leads to no workload is shown by itself, and not as all being well", () => {
  const lost = anIncident({ phase: "Held" }, { spec: { subject: "/Node/n1", openedAt: after(0) } });
  const status = statusOf(seen({ incidents: [lost] }), now);
  expect(status.unknownTargets.map(({ subject }) => subject)).toEqual(["/Node/n1"]);
  expect(status.overall).toMatchObject({ state: "Held", text: "1 alert leads to no workload" });
});

test("with nothing to watch nothing is said to be healthy", () => {
  expect(statusOf(seen({ namespaces: [], workloads: [] }), now).overall.text).toBe("No workload is watched");
});

test("the worst comes first, then namespace and name", () => {
  const names = ["a", "b", "c"].map((name) => aWorkload({ name }));
  const troubled: Incident = anIncident(
    { phase: "Escalated" },
    { spec: { ...anIncident().spec, workload: { kind: "Deployment", namespace: "shop", name: "c" } } },
  );
  const status = statusOf(seen({ workloads: names.reverse(), incidents: [troubled] }), now);
  expect(status.workloads.map(({ name }) => name)).toEqual(["c", "a", "b"]);
  expect(status.overall).toMatchObject({
    text: "1 of 3 workloads needs a person",
    workloads: { Healthy: 2, NeedsPerson: 1 },
  });
});

test("closed incidents stay for a day, the latest five of a workload", () => {
  const closed = (n: number, closedAt: string): Incident => {
    const incident = anIncident({ phase: "Closed", closedAt });
    return {
      ...incident,
      metadata: { ...incident.metadata, name: `deployment-user-${n}` },
      spec: { ...incident.spec, openedAt: closedAt },
    };
  };
  const dayAgo = -86_400 + 60;
  const justOver = closed(9, after(dayAgo));
  const justWithin = closed(8, after(dayAgo + 1));
  const names = (incidents: Incident[]) =>
    statusOf(seen({ incidents }), now).workloads[0]?.closed.map(({ name }) => name);
  expect(names([justOver, justWithin])).toEqual(["deployment-user-8"]);
  expect(names([1, 2, 3, 4, 5, 6].map((n) => closed(n, after(n))))).toEqual(
    [6, 5, 4, 3, 2].map((n) => `deployment-user-${n}`),
  );
});

test("the mode is what all policies leave: the most restrictive", () => {
  const policy = (namespace: string, name: string, spec: HealingPolicy["spec"]): HealingPolicy => ({
    metadata: { name, namespace, uid: name, resourceVersion: "1", creationTimestamp: after(0) },
    spec,
  });
  const modeWith = (...policies: HealingPolicy[]) => statusOf(seen({ policies }), now).workloads[0]?.mode;
  expect(modeWith()).toBe("Auto");
  expect(modeWith(policy("autoheal", "default", { mode: "Observe" }))).toBe("Observe");
  expect(modeWith(policy("shop", "users", { mode: "Approve", selector: { matchLabels: { app: "user" } } }))).toBe(
    "Approve",
  );
  expect(modeWith(policy("shop", "others", { mode: "Off", selector: { matchLabels: { app: "api" } } }))).toBe("Auto");
  expect(modeWith(policy("elsewhere", "default", { mode: "Off" }))).toBe("Auto");
});

test("a pause is shown until it ends", () => {
  const pause = { scope: "Cluster" as const, reason: "maintenance", by: "ana" };
  const pauses = [{ ...pause, until: after(60) }, { ...pause, until: after(61) }, pause];
  expect(statusOf(seen({ pauses }), now).pauses).toEqual(pauses.slice(1));
});

test("the remedy that is under way is named in the headline", () => {
  const status = statusOf(
    seen({ incidents: [anIncident({ phase: "Remediating", remediations: [aRemediation()] })] }),
    now,
  );
  expect(status.workloads[0]?.incidents[0]?.headline).toBe("ContainerOOMKilled: restart under way");
});

test("two thousand workloads with ten thousand incidents are no work of seconds, since each change of one is told", () => {
  const workloads = Array.from({ length: 2_000 }, (_, i) => aWorkload({ name: `user-${i}` }));
  const incidents = Array.from({ length: 10_000 }, (_, i): Incident => {
    const incident = anIncident({ phase: "Closed", closedAt: after(1) });
    const workload = { kind: "Deployment" as const, namespace: "shop", name: `user-${i % 2_000}` }; // reason: the literal
    return { ...incident, spec: { ...incident.spec, workload } };
  });
  const all = seen({ workloads, incidents });
  const began = performance.now();
  const { workloads: told } = statusOf(all, now);
  expect(performance.now() - began).toBeLessThan(1_000);
  expect(new Set(told.map(({ closed }) => closed.length))).toEqual(new Set([5]));
});
