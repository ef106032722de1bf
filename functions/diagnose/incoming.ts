import type { AlertBatch } from "@autoheal/lib/alert";
import type { IncidentRef } from "@autoheal/lib/event";
import type { Refusal } from "./follow-up.ts";

/** The batch that an event carries, or why it is none. The Broker is cluster-local, yet anybody in there may post. */
export function batchOf(data: unknown): AlertBatch | { why: string } {
  if (!isRecord(data)) return { why: "data: expected an object" };
  if (!isRecord(data.target) || typeof data.target.by !== "string") return { why: "data.target: expected a target" };
  if (!Array.isArray(data.alerts) || data.alerts.length === 0)
    return { why: "data.alerts: expected at least one alert" };
  const bad = data.alerts.findIndex((alert) => !isAlert(alert));
  if (bad >= 0) return { why: `data.alerts[${bad}]: expected an alert of Alertmanager's webhook` };
  return data as unknown as AlertBatch; // reason: each part that is read was tested
}

function isAlert(alert: unknown): boolean {
  return (
    isRecord(alert) &&
    (alert.status === "firing" || alert.status === "resolved") &&
    typeof alert.fingerprint === "string" &&
    !Number.isNaN(Date.parse(String(alert.startsAt))) &&
    isRecord(alert.labels) &&
    Object.values(alert.labels).every((value) => typeof value === "string") &&
    isRecord(alert.annotations)
  );
}

/** The incident that an event names; undefined when it names none. */
export function incidentRefOf(data: unknown): IncidentRef | undefined {
  const incident = isRecord(data) ? data.incident : undefined;
  if (!isRecord(incident)) return undefined;
  const { namespace, name, uid } = incident;
  if (typeof namespace !== "string" || typeof name !== "string" || typeof uid !== "string") return undefined;
  return namespace && name && uid ? { namespace, name, uid } : undefined;
}

/** Why an action function did not carry a request out; undefined when the event does not say. */
export function refusalOf(data: unknown): Refusal | undefined {
  if (!isRecord(data) || typeof data.remediation !== "string" || typeof data.reason !== "string") return undefined;
  const message = typeof data.message === "string" ? data.message : data.reason;
  return { remediation: data.remediation, reason: data.reason.slice(0, 253), message };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
