import type { Target } from "./target.ts";
import type { AlertType } from "./type.ts";

/** One alert of an Alertmanager webhook, with its own `status` (a webhook carries its whole group). */
export interface Alert {
  status: "firing" | "resolved";
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** RFC 3339; tells the episodes of one fingerprint apart. */
  startsAt: string;
  /** RFC 3339; the zero time while firing. */
  endsAt: string;
  /** Hash of the labels, made by Alertmanager. */
  fingerprint: string;
  generatorURL?: string | undefined;
}

/** An alert that Alertmanager itself holds as firing, as its API v2 tells. */
export interface HeldAlert extends Alert {
  status: "firing";
  /** `suppressed`: by a silence or an inhibition. */
  state: "active" | "suppressed";
}

/** The data of `alerts.received`: alerts of one webhook with one target and one type. */
export interface AlertBatch {
  target: Target;
  alerttype: AlertType;
  alerts: Alert[];
}

/** True while the alert says that its symptom is there. */
export function isFiring(alert: Alert): boolean {
  return alert.status === "firing";
}

/**
 * What tells one episode of one alert from all others: `<fingerprint>@<startsAt in ms>`.
 * Milliseconds, because Alertmanager's API v2 cuts `startsAt` there while its webhook has nanoseconds.
 */
export function alertKey(alert: Pick<Alert, "fingerprint" | "startsAt">): string {
  return `${alert.fingerprint}@${Date.parse(alert.startsAt)}`;
}

/** True for alerts that only prove that alerting works, or only inhibit others: they end at `receive`. */
export function isHeartbeat(alert: Pick<Alert, "labels">): boolean {
  return alert.labels.alertname === "Watchdog" || alert.labels.alertname === "InfoInhibitor";
}
