import { type AlertBatch, alertTypes, type Target, workloadKinds } from "@autoheal/lib/alert";
import type { AnomalyNote, IncidentRef } from "@autoheal/lib/event";
import type { Refusal } from "./follow-up.ts";

/** The batch that an event carries, or why it is none. The Broker is cluster-local, yet anybody in there may post. */
export function batchOf(data: unknown): AlertBatch | { why: string } {
  if (!isRecord(data)) return { why: "data: expected an object" };
  if (!isTarget(data.target)) return { why: "data.target: expected a target" };
  if (!alertTypes.some((type) => type === data.alerttype)) return { why: "data.alerttype: expected an alert type" };
  if (!Array.isArray(data.alerts) || data.alerts.length === 0)
    return { why: "data.alerts: expected at least one alert" };
  const bad = data.alerts.findIndex((alert) => !isAlert(alert));
  if (bad >= 0) return { why: `data.alerts[${bad}]: expected an alert of Alertmanager's webhook` };
  return data as unknown as AlertBatch; // reason: each part that is read was tested
}

/** Kubernetes' own form of names (RFC 1123): nothing that could lead a path elsewhere. */
function isName(value: unknown): value is string {
  return typeof value === "string" && /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(value);
}

/** What an alert's labels say may be no name of Kubernetes' at all, nor as short as one: then it leads to no workload. */
function isLabel(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function isTarget(target: unknown): target is Target {
  if (!isRecord(target)) return false;
  switch (target.by) {
    case "workload":
      return workloadKinds.some((kind) => kind === target.kind) && isLabel(target.namespace) && isLabel(target.name);
    case "pod":
    case "container":
    case "service":
    case "hpa":
      return isLabel(target.namespace) && isLabel(target.name);
    case "node":
      return isLabel(target.name);
    case "nothing":
      return typeof target.why === "string" && /^[A-Za-z]{1,40}$/.test(target.why);
    default:
      return false;
  }
}

function isAlert(alert: unknown): boolean {
  return (
    isRecord(alert) &&
    (alert.status === "firing" || alert.status === "resolved") &&
    typeof alert.fingerprint === "string" &&
    isInstant(alert.startsAt) &&
    isInstant(alert.endsAt) &&
    areTexts(alert.labels) &&
    areTexts(alert.annotations)
  );
}

/** A time whose year has four digits in UTC, as the Incident's schema takes them. */
function isInstant(value: unknown): boolean {
  if (typeof value !== "string" || Number.isNaN(Date.parse(value))) return false;
  return /^\d{4}-/.test(new Date(value).toISOString());
}

function areTexts(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every((text) => typeof text === "string");
}

/** The incident that an event names; undefined when it names none. */
export function incidentRefOf(data: unknown): IncidentRef | undefined {
  const incident = isRecord(data) ? data.incident : undefined;
  if (!isRecord(incident)) return undefined;
  const { namespace, name, uid } = incident;
  return isName(namespace) && isName(name) && typeof uid === "string" && uid ? { namespace, name, uid } : undefined;
}

/** Why an action function did not carry a request out; undefined when the event does not say. */
export function refusalOf(data: unknown): Refusal | undefined {
  if (!isRecord(data) || typeof data.remediation !== "string" || typeof data.reason !== "string") return undefined;
  const message = typeof data.message === "string" ? data.message : data.reason;
  return { remediation: data.remediation, reason: data.reason.slice(0, 253), message };
}

/** What anomaly-score says; undefined when the event does not say it as an Incident can hold it. */
export function scoredOf(data: unknown, incident: IncidentRef): AnomalyNote | undefined {
  if (!isRecord(data) || typeof data.workload !== "string") return undefined;
  if (!isInstant(data.at) || !Array.isArray(data.reasons)) return undefined;
  const verdict = verdicts.find((one) => one === data.verdict);
  if (!verdict) return undefined;
  const reasons = data.reasons.slice(0, 3).flatMap((reason: unknown) => {
    if (!isRecord(reason)) return [];
    const { metric, size, level, text } = reason;
    if (typeof metric !== "string" || typeof text !== "string") return [];
    if (!Number.isFinite(size) || !Number.isFinite(level)) return [];
    return [{ metric: metric.slice(0, 253), size: Number(size), level: Number(level), text: text.slice(0, 1024) }];
  });
  return { incident, workload: data.workload, verdict, at: new Date(String(data.at)).toISOString(), reasons };
}

const verdicts = ["NORMAL", "ANOMALOUS", "INSUFFICIENT_DATA"] as const;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
