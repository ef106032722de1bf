import { alertKey, batchesOf } from "@autoheal/lib/alert";
import type { ListAlerts } from "@autoheal/lib/drivers/alertmanager";
import { type Cluster, type ClusterObject, isClusterError } from "@autoheal/lib/drivers/kubernetes";
import type { OutgoingEvent } from "@autoheal/lib/event";
import { type Incident, incidentRef, isOpen, untold } from "@autoheal/lib/incident";
import { needsPulse, startPulse, stopPulse } from "./pulse.ts";
import { longestReview, type Settings } from "./settings.ts";
import { storeAlerts } from "./store-alerts.ts";

/** Closed incidents are kept this long, in ms. */
const keepClosedMs = 30 * 24 * 3_600_000;

/** Messages of closed incidents are tried this long, in ms. */
const tellClosedMs = 24 * 3_600_000;

/** What waking needs. */
export interface Waking {
  cluster: Cluster;
  alerts: ListAlerts | undefined;
  ownNamespace: string;
  /** The name of this cluster, for alerts with a `cluster` label. */
  clusterName: string;
  pulseSchedule: string;
  reviewSeconds: number;
  now: () => Date;
  post: (event: OutgoingEvent) => Promise<void>;
}

/** Have an incident looked at. */
export function dueEvent(incident: Incident, now: Date): OutgoingEvent<"incident.due"> {
  return {
    name: "incident.due",
    id: `${incident.metadata.uid}-due-${now.getTime()}`,
    subject: incident.spec.subject,
    extensions: {},
    data: { incident: incidentRef(incident) },
  };
}

/** The pulse: has each incident looked at that is due, and ends the pulse when none needs it. */
export async function onPulse(waking: Waking): Promise<void> {
  const now = waking.now();
  const incidents = await waking.cluster.list<ClusterObject & Incident>("incidents");
  for (const incident of incidents.filter((incident) => isDue(incident, waking, now)))
    await waking.post(dueEvent(incident, now));
  // What is due and waits for the tick otherwise, such as a new alert of what was left to a person, keeps it until somebody has looked.
  const wanted = (incident: Incident) => needsPulse(incident, waking.now()) || isDue(incident, waking, waking.now());
  if (!incidents.some(wanted)) await stopPulse(waking.cluster, waking.ownNamespace, waking.pulseSchedule, wanted);
}

/**
 * True when an open incident has to be looked at now; one without a time was just created. A time further ahead than any review
 * is put off was written by a clock that was ahead.
 */
export function isDue(incident: Incident, settings: Pick<Settings, "reviewSeconds">, now: Date): boolean {
  if (!isOpen(incident)) return false;
  const left = (Date.parse(incident.status?.dueAt ?? "") - now.getTime()) / 1000;
  return Number.isNaN(left) || left <= 0 || left > longestReview(settings);
}

/**
 * The tick: stores every alert that Alertmanager holds and no incident knows, has all open incidents and those with
 * unsent messages looked at, restores the pulse, and removes what was closed long ago. Rejects after all that when
 * Alertmanager could not be asked or an alert not be stored.
 */
export async function onTick(waking: Waking): Promise<void> {
  const { cluster, ownNamespace } = waking;
  const now = waking.now();
  const failures = await storeMissed(waking, now);
  const incidents = await listIncidents(cluster);
  for (const incident of incidents.filter((incident) => isOpen(incident) || hasUnsent(incident, now))) {
    await waking.post(dueEvent(incident, now));
  }
  if (incidents.some((incident) => needsPulse(incident, now))) {
    await startPulse(cluster, ownNamespace, waking.pulseSchedule);
  }
  await removeOld(cluster, incidents, now);
  if (failures.length > 0) throw failures[0];
}

/** Stores what was missed; returns why what could not be stored was not, as one alert must not keep the tick from the rest. */
async function storeMissed({ cluster, alerts, ownNamespace, clusterName }: Waking, now: Date): Promise<unknown[]> {
  const failures: unknown[] = [];
  const held = await alerts?.().catch((error: unknown) => void failures.push(error));
  const known = new Set((await listIncidents(cluster)).flatMap((incident) => keysOf(incident, now)));
  const missed = (held ?? []).filter((alert) => alert.state === "active" && !known.has(alertKey(alert)));
  for (const batch of batchesOf(missed, clusterName)) {
    await storeAlerts(cluster, ownNamespace, batch, now).catch((error: unknown) => failures.push(error));
  }
  return failures;
}

function listIncidents(cluster: Cluster): Promise<(ClusterObject & Incident)[]> {
  return cluster.list<ClusterObject & Incident>("incidents");
}

/** How long after an alert's end it may still be shown as active, in ms: both are told apart, and by several Alertmanagers. */
const endingMs = 60_000;

/**
 * The alerts that an incident knows of. One that had ended when it was closed, and is active all the same, is not known:
 * Alertmanager had forgotten it, as after its restart, and absence was taken for its end.
 */
function keysOf(incident: Incident, now: Date): string[] {
  const ended = (endsAt = "") => now.getTime() - Date.parse(endsAt) > endingMs;
  const known = incident.status?.alerts.filter(({ endsAt }) => isOpen(incident) || !ended(endsAt)) ?? [];
  return known.map(alertKey);
}

/** After a day nobody wants to hear it any more, and a channel that is not used any more would be tried for ever. */
function hasUnsent({ status }: Incident, now: Date): boolean {
  if (status === undefined || now.getTime() - Date.parse(status.closedAt ?? "") > tellClosedMs) return false;
  return untold(status).length > 0;
}

async function removeOld(cluster: Cluster, incidents: readonly Incident[], now: Date): Promise<void> {
  for (const { metadata, status } of incidents) {
    const age = now.getTime() - Date.parse(status?.closedAt ?? "");
    if (!(age > keepClosedMs)) continue;
    try {
      await cluster.delete("incidents", metadata.namespace, metadata.name, metadata.uid);
    } catch (error) {
      if (!isClusterError(error, "NotFound") && !isClusterError(error, "Conflict")) throw error;
    }
  }
}
