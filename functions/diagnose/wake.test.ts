import type { HeldAlert } from "@autoheal/lib/alert";
import type { Cluster } from "@autoheal/lib/drivers/kubernetes";
import type { OutgoingEvent } from "@autoheal/lib/event";
import { subjectHash, subjectLabel } from "@autoheal/lib/incident";
import { anAlert, anIncident, now, secondsAgo } from "@autoheal/lib/testing";
import { expect, test } from "vitest";
import { clusterOf, type Stored } from "./testing.ts";
import { isDue, onPulse, onTick, type Waking } from "./wake.ts";

const held = (namespace: string, more: Partial<HeldAlert> = {}): HeldAlert => ({
  status: "firing",
  state: "active",
  labels: { alertname: "KubeDeploymentReplicasMismatch", namespace, deployment: "web" },
  annotations: {},
  startsAt: secondsAgo(300),
  endsAt: secondsAgo(-180),
  fingerprint: `f-${namespace}`,
  ...more,
});

function waking(cluster: Cluster, alerts: Waking["alerts"], posted: OutgoingEvent[] = []): Waking {
  return {
    cluster,
    alerts,
    ownNamespace: "autoheal",
    clusterName: "",
    pulseSchedule: "*/10 * * * * *",
    reviewSeconds: 10,
    now: () => now,
    post: async (event) => void posted.push(event),
  };
}

const alertsOf = (incidents: readonly Stored[]) =>
  incidents.flatMap(({ metadata, status }) =>
    status?.alerts.map(({ fingerprint }) => `${metadata.namespace} ${fingerprint}`),
  );

test("an alert that can't be stored does not keep the tick from all others; it is tried again", async () => {
  const incidents: Stored[] = [];
  const posted: OutgoingEvent[] = [];
  const tick = onTick(waking(clusterOf(incidents, "ending"), async () => [held("ending"), held("shop")], posted));
  await expect(tick).rejects.toThrow("terminated");
  expect(alertsOf(incidents)).toEqual(["shop f-shop"]);
  expect(posted.map(({ name, subject }) => `${name} ${subject}`)).toEqual(["incident.due shop/Deployment/web"]);
});

test("an Alertmanager that is away does not keep the tick from what is open", async () => {
  const posted: OutgoingEvent[] = [];
  const away = async () => Promise.reject(new Error("away"));
  await expect(onTick(waking(clusterOf([anIncident() as Stored]), away, posted))).rejects.toThrow("away");
  expect(posted.map(({ name }) => name)).toEqual(["incident.due"]);
});

test.each<[sentence: string, endsAt: string | undefined, opens: boolean]>([
  ["that ended a minute ago as far as anybody knew fires after all: it is stored anew", secondsAgo(61), true],
  ["that ended just now may be on its way out", secondsAgo(60), false],
  ["that an incident was closed over is known", undefined, false],
])("an alert of a closed incident %s", async (_, endsAt, opens) => {
  const alert = held("shop");
  const { fingerprint, startsAt, labels } = alert;
  const known = { ...anAlert({ fingerprint, startsAt, labels }), ...(endsAt ? { endsAt } : {}) };
  const { status, ...incident } = anIncident(undefined, { phase: "Closed", alerts: [known] });
  const metadata = { ...incident.metadata, labels: { [subjectLabel]: subjectHash(incident.spec.subject) } };
  const incidents = [{ ...incident, metadata, status } as Stored];
  await onTick(waking(clusterOf(incidents), async () => [alert]));
  expect(incidents.map(({ metadata: { name }, status }) => [name, status?.phase, status?.alerts.length])).toEqual([
    ["deployment-web-1", "Closed", 1],
    ...(opens ? [["deployment-web-2", "Open", 1]] : []),
  ]);
});

test.each<[sentence: string, dueIn: number | undefined, due: boolean]>([
  ["its time has come", 0, true],
  ["its time is to come", 1, false],
  ["it waits for a person, until just before the tick", 290, false],
  ["its time was written by a clock that is ahead", 291, true],
  ["it was just created", undefined, true],
])("whether an incident is due: %s", (_, dueIn, due) => {
  const incident = anIncident(undefined, dueIn === undefined ? {} : { dueAt: secondsAgo(-dueIn) });
  expect(isDue(incident, { reviewSeconds: 10 }, now)).toBe(due);
  const closed = anIncident(undefined, { phase: "Closed", dueAt: secondsAgo(0) });
  expect(isDue(closed, { reviewSeconds: 10 }, now)).toBe(false);
});

test.each<[sentence: string, dueIn: number, beats: boolean]>([
  ["waits for him: it ends", 290, false],
  ["has something new, which is due: it beats until that was looked at", 0, true],
])("the pulse, while the only open incident was left to a person and %s", async (_, dueIn, beats) => {
  const incident = anIncident(undefined, { phase: "Escalated", dueAt: secondsAgo(-dueIn) }) as Stored;
  const removed: string[] = [];
  const posted: OutgoingEvent[] = [];
  const cluster: Cluster = {
    ...clusterOf([incident]),
    delete: async (resource, namespace, name) => void removed.push(`${resource} ${namespace}/${name}`),
  };
  await onPulse(waking(cluster, undefined, posted));
  expect(removed).toEqual(beats ? [] : ["pingsources autoheal/pulse"]);
  expect(posted).toHaveLength(beats ? 1 : 0);
});
