import { type Cluster, ClusterError } from "@autoheal/lib/drivers/kubernetes";
import { anIncident, now, theObjects } from "@autoheal/lib/testing";
import { expect, test } from "vitest";
import { observe } from "./observe.ts";

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

test("what people would like to read is not waited for: without it the incident is looked at all the same", async () => {
  const warnings: string[] = [];
  const log = { warn: (_: object, text: string) => void warnings.push(text) } as never; // reason: nothing else is logged
  const sources = { cluster, signals: undefined, alerts: undefined, ownNamespace: "autoheal", log };
  const { namespace, name, uid } = incident.metadata;
  const seen = await observe(sources, { namespace, name, uid }, () => true, now);
  expect([seen?.workload?.name, seen?.clues, warnings]).toEqual(["web", [], ["events and logs not read"]]);
});
