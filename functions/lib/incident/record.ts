import { createHash } from "node:crypto";
import { type Alert, alertKey, alertTypeOf, type HeldAlert, isFiring } from "../alert/index.ts";
import type { WorkloadRef } from "../workload/index.ts";
import { type Incident, isOpen } from "./incident.ts";
import type { IncidentAlert, IncidentStatus } from "./schema.ts";

/** At most so many alerts are kept in one incident; the rest are counts. */
const mostAlerts = 200;

/** At most so many labels of an alert are kept, of keys no longer than this: one alert must not fill an incident. */
const mostLabels = 64;
const longestLabelName = 128;

/** An Incident may be this large, in bytes of its status' JSON: etcd and people's patience both have a limit. */
const mostBytes = 60_000;

/** The label that an incident is found by: the same for all incidents of one workload or target. */
export const subjectLabel = "autoheal.dev/subject";

/** The value of `subjectLabel`; a hash, because label values have at most 63 characters. */
export function subjectHash(subject: string): string {
  return createHash("sha256").update(subject).digest("hex").slice(0, 16);
}

/** The name of the n-th incident of a workload, `<kind>-<workload>-<n>`, or of a target that is no workload. */
export function incidentName(workload: WorkloadRef | undefined, subject: string, n: number): string {
  const base = workload ? `${workload.kind.toLowerCase()}-${workload.name}` : `target-${subjectHash(subject)}`;
  const short = base.length <= 230 ? base : `${base.slice(0, 210)}-${subjectHash(subject)}`;
  return `${short}-${n}`;
}

/** The number to count on from: the highest so far, 0 when there was none. */
export function lastNumber(incidents: readonly Pick<Incident, "metadata">[]): number {
  return Math.max(0, ...incidents.map(({ metadata }) => Number(/-(\d+)$/.exec(metadata.name)?.[1] ?? 0)));
}

/** The status of an incident that was just opened: due at once. */
export function openStatus(now: Date): IncidentStatus {
  return { phase: "Open", alerts: [], evidence: [], remediations: [], outbox: [], dueAt: now.toISOString() };
}

/**
 * Which alerts of a batch belong to the open incident, or open one. A resolved alert matters only where its firing is
 * recorded in an open incident; a firing alert whose episode some incident already saw resolved is a late repeat, unless
 * Alertmanager itself holds it.
 */
export function relevantAlerts(alerts: readonly (Alert | HeldAlert)[], incidents: readonly Incident[]): Alert[] {
  const firing = new Set<string>();
  const ended = new Set<string>();
  for (const incident of incidents) {
    for (const alert of incident.status?.alerts ?? []) {
      if (alert.endsAt !== undefined) ended.add(alertKey(alert));
      else if (isOpen(incident)) firing.add(alertKey(alert));
    }
  }
  return alerts.filter((alert) => {
    const key = alertKey(alert);
    return firing.has(key) || (isFiring(alert) && (!ended.has(key) || "state" in alert));
  });
}

/**
 * The status with alerts joined in: one entry an episode, the latest 200, resolved ones dropped first. Joining twice is
 * joining once.
 */
export function withAlerts(status: IncidentStatus, alerts: readonly Alert[], now: Date): IncidentStatus {
  const byKey = new Map(status.alerts.map((alert) => [alertKey(alert), alert]));
  for (const alert of alerts) {
    const key = alertKey(alert);
    const before = byKey.get(key);
    if (before?.endsAt !== undefined) continue;
    byKey.set(key, { ...(before ?? {}), ...recordOf(alert, now) });
  }
  const all = [...byKey.values()];
  const dropped = Math.max(0, all.length - mostAlerts) + (status.alertsDropped ?? 0);
  return {
    ...status,
    alerts: latest(all, mostAlerts),
    ...(dropped > 0 ? { alertsDropped: dropped } : {}),
    dueAt: now.toISOString(),
  };
}

/** At most so many alerts, in their order: who drops one that fires takes it for resolved, so those go last. */
function latest(alerts: readonly IncidentAlert[], most: number): IncidentAlert[] {
  const ended = alerts.filter(({ endsAt }) => endsAt !== undefined);
  const firing = alerts.filter(({ endsAt }) => endsAt === undefined);
  const dropped = new Set([...ended, ...firing].slice(0, Math.max(0, alerts.length - most)));
  return alerts.filter((alert) => !dropped.has(alert));
}

function recordOf(alert: Alert, now: Date): IncidentAlert {
  const cut = (text: string, most: number) => text.slice(0, most);
  const { severity } = alert.labels;
  const summary = alert.annotations.summary ?? alert.annotations.description;
  return {
    fingerprint: cut(alert.fingerprint, 253),
    startsAt: new Date(alert.startsAt).toISOString(),
    ...(isFiring(alert) ? {} : { endsAt: endOf(alert, now) }),
    name: cut(alert.labels.alertname ?? "unknown", 253),
    type: alertTypeOf(alert.labels),
    ...(severity ? { severity: cut(severity, 253) } : {}),
    labels: Object.fromEntries(
      Object.entries(alert.labels)
        .filter(([key]) => key.length <= longestLabelName)
        .slice(0, mostLabels)
        .map(([key, value]) => [key, cut(value, 256)]),
    ),
    ...(summary ? { summary: cut(summary, 1024) } : {}),
    receivedAt: now.toISOString(),
  };
}

function endOf(alert: Alert, now: Date): string {
  const end = Date.parse(alert.endsAt);
  return new Date(Number.isNaN(end) || end <= 0 ? now.getTime() : end).toISOString();
}

/** The status cut to what an Incident may hold: resolved alerts, old ones and old messages go first, remediations never. */
export function cutToSize(status: IncidentStatus): IncidentStatus {
  let cut: IncidentStatus = { ...status, outbox: status.outbox.slice(-50), evidence: status.evidence.slice(0, 30) };
  while (Buffer.byteLength(JSON.stringify(cut)) > mostBytes) {
    const { alerts, outbox, evidence } = cut;
    if (alerts.length > 10 || (alerts.length > 1 && outbox.length <= 5)) {
      const half = Math.floor(alerts.length / 2);
      const kept = latest(alerts, alerts.length - half);
      cut = { ...cut, alerts: kept, alertsDropped: (cut.alertsDropped ?? 0) + half };
    } else if (outbox.length > 5) cut = { ...cut, outbox: outbox.slice(Math.ceil(outbox.length / 2)) };
    else if (evidence.length > 0) cut = { ...cut, evidence: evidence.slice(0, evidence.length >> 1) };
    else break;
  }
  return cut;
}

/**
 * The merge patch (RFC 7396) that turns one status into another: what is gone becomes null, and `deliveries`, which is
 * notify's, is left out.
 */
export function statusPatch(before: IncidentStatus | undefined, after: IncidentStatus): Record<string, unknown> {
  const { deliveries: _, ...mine } = after;
  const gone = Object.keys(before ?? {}).filter((key) => key !== "deliveries" && !(key in mine));
  return { ...Object.fromEntries(gone.map((key) => [key, null])), ...mine };
}
