import { alertKey, type HeldAlert } from "@autoheal/lib/alert";
import { type IncidentAlert, type IncidentStatus, withAlerts } from "@autoheal/lib/incident";

/** How long an alert's own word stands before its absence in Alertmanager means resolved, in ms: both are read apart. */
const graceMs = 2_000;

/**
 * The alerts as Alertmanager shows them now: `active`, `suppressed`, or ended when it no longer holds them. What it
 * holds fires, even if it did not for a while, as after its restart. Where it can't be asked, nothing is known of them:
 * what it said before does not count any more. An alert that fires anew, or that another Prometheus saw begin earlier, has
 * another `startsAt`: it joins at once, since its webhook may take a `group_interval`, and until then it would be resolved.
 */
export function alertsNow(
  status: IncidentStatus,
  held: readonly HeldAlert[] | undefined,
  now: Date,
): Pick<IncidentStatus, "alerts" | "alertsDropped"> {
  if (!held) return { alerts: status.alerts.map(({ seen: _, ...alert }) => alert) };
  const ours = new Set(status.alerts.map(({ fingerprint }) => fingerprint));
  const known = new Set(status.alerts.map(alertKey));
  const anew = held.filter((alert) => ours.has(alert.fingerprint) && !known.has(alertKey(alert)));
  const { alerts, alertsDropped } = withAlerts(status, anew, now);
  return { alerts: asHeld(alerts, held, now), ...(alertsDropped === undefined ? {} : { alertsDropped }) };
}

function asHeld(alerts: readonly IncidentAlert[], held: readonly HeldAlert[], now: Date): IncidentAlert[] {
  const holds = new Map(held.map((alert) => [alertKey(alert), alert]));
  return alerts.map((alert) => {
    const there = holds.get(alertKey(alert));
    const { endsAt, ...rest } = alert;
    if (there) return { ...rest, seen: there.state, receivedAt: now.toISOString() };
    if (endsAt !== undefined) return alert;
    const fresh = now.getTime() - Date.parse(alert.receivedAt) < graceMs;
    return fresh ? alert : { ...alert, endsAt: now.toISOString() };
  });
}

/** The alerts that fire. */
export function firing(alerts: readonly IncidentAlert[]): IncidentAlert[] {
  return alerts.filter(({ endsAt }) => endsAt === undefined);
}
