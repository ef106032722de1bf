import type { HeldAlert } from "@autoheal/lib/alert";
import { type Cluster, ClusterError } from "@autoheal/lib/drivers/kubernetes";
import { anIncident, now, secondsAgo, theObjects } from "@autoheal/lib/testing";
import { expect, test } from "vitest";
import { type Observed, observe, type Sources } from "./observe.ts";
import { heldAlerts } from "./testing.ts";

const incident = anIncident();
const { object, revisions, pods } = theObjects();
const known: Record<string, unknown> = {
  incidents: incident,
  deployments: object,
  replicasets: revisions,
  pods,
  namespaces: { metadata: { name: "shop", labels: {} } },
};

/** The cluster of the calm workload, whose Events can't be read. */
const cluster = {
  get: async (resource: string) => known[resource],
  list: async (resource: string) => {
    if (resource === "events") throw new ClusterError("Unavailable", "list: 503");
    return known[resource] ?? [];
  },
  log: async () => undefined,
} as unknown as Cluster; // reason: what observing asks, and no more

const { namespace, name, uid } = incident.metadata;

/** Observes the incident; what was logged as a warning stands in `warnings`. */
function observed(alertmanager: Sources["alertmanager"], warnings: string[] = []): Promise<Observed | undefined> {
  const log = { warn: (_: object, text: string) => void warnings.push(text) } as never; // reason: nothing else is logged
  const sources: Sources = { cluster, signals: undefined, alertmanager, ownNamespace: "autoheal", log };
  return observe(sources, { namespace, name, uid }, () => true, now);
}

test("what people would like to read is not waited for: without it the incident is looked at all the same", async () => {
  const warnings: string[] = [];
  const seen = await observed(undefined, warnings);
  expect([seen?.workload?.name, seen?.clues, warnings]).toEqual(["web", [], ["events and logs not read"]]);
});

test.each<[sentence: string, holds: readonly HeldAlert[], started: number, known: boolean]>([
  ["and shows all alerts of the incident", heldAlerts(), 0, true],
  ["and does not show one of them: it may not have heard of it", [], 119, false],
  ["long enough ago, and does not show one of them: it is resolved", [], 120, true],
])("Alertmanager has just started, %s", async (_, holds, started, known) => {
  const startedAt = async () => new Date(secondsAgo(started));
  const seen = await observed({ list: async () => [...holds], startedAt, settleSeconds: 120 });
  expect(seen?.held).toEqual(known ? holds : undefined);
});

test("an Alertmanager that does not say since when it runs is not believed that an alert is resolved", async () => {
  const away = async () => Promise.reject(new Error("away"));
  const seen = await observed({ list: async () => [], startedAt: away, settleSeconds: 120 });
  expect(seen?.held).toBeUndefined();
});
