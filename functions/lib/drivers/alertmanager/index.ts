/** The driver of Alertmanager's API v2: which alerts it holds, which of them are silenced or inhibited, and alerts for it. */
import type { HeldAlert } from "../../alert/index.ts";

/** Longest wait for an answer, in ms. */
const requestTimeoutMs = 4_000;

/** Alertmanager did not answer: what it holds is unknown. */
export class AlertmanagerError extends Error {
  override readonly name = "AlertmanagerError";
}

/** Lists the alerts of our receiver; rejects with AlertmanagerError when it can't be asked. */
export type ListAlerts = () => Promise<HeldAlert[]>;

interface GettableAlert {
  fingerprint: string;
  startsAt: string;
  endsAt: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  generatorURL?: string;
  status: { state: "unprocessed" | "active" | "suppressed" };
}

/** Alerts from the API at `url` that are routed to `receiver`. */
export function alertsFrom(url: string, receiver: string): ListAlerts {
  return () => listed(url, { receiver: `^(?:${receiver})$` });
}

/** Alerts from the API at `url` that have this name, wherever they are routed. */
export function alertsNamed(url: string, alertname: string): ListAlerts {
  return () => listed(url, { filter: `alertname=${JSON.stringify(alertname)}` });
}

/** When Alertmanager began to run: it starts with no alerts, and hears of each anew. Rejects with AlertmanagerError when it can't be asked. */
export type StartedAt = () => Promise<Date>;

/** The start of the Alertmanager whose API is at `url`. */
export function startOf(url: string): StartedAt {
  return () =>
    asked(`${url}/api/v2/status`, {}, async (answer) => {
      const { uptime } = (await answer.json()) as { uptime: string }; // reason: Alertmanager's OpenAPI, v2: the time of its start
      return new Date(uptime);
    });
}

/** An alert as whoever raises it tells of it; told again it goes on, until its end has passed. */
export type RaisedAlert = Pick<HeldAlert, "labels" | "annotations" | "startsAt" | "endsAt">;

/** Tells Alertmanager of alerts; rejects with AlertmanagerError when it did not take them. */
export type RaiseAlerts = (alerts: readonly RaisedAlert[]) => Promise<void>;

/** Alerts for the Alertmanager whose API is at `url`. */
export function raiseAt(url: string): RaiseAlerts {
  return async (alerts) => {
    const headers = { "content-type": "application/json" };
    await asked(`${url}/api/v2/alerts`, { method: "POST", headers, body: JSON.stringify(alerts) });
  };
}

async function listed(url: string, query: Record<string, string>): Promise<HeldAlert[]> {
  const alerts = await asked(`${url}/api/v2/alerts?${new URLSearchParams(query)}`, {}, async (answer) => {
    return (await answer.json()) as GettableAlert[]; // reason: Alertmanager's OpenAPI, v2
  });
  return alerts.map(({ status, ...alert }) => ({
    ...alert,
    status: "firing",
    state: status.state === "suppressed" ? "suppressed" : "active",
  }));
}

async function asked<T>(url: string, request: RequestInit, read: (answer: Response) => Promise<T>): Promise<T>;
async function asked(url: string, request: RequestInit): Promise<void>;
async function asked<T>(
  url: string,
  request: RequestInit,
  read?: (answer: Response) => Promise<T>,
): Promise<T | undefined> {
  try {
    const answer = await fetch(url, { ...request, signal: AbortSignal.timeout(requestTimeoutMs) });
    if (answer.ok) return await read?.(answer);
    throw new AlertmanagerError(`Alertmanager answered ${answer.status}`);
  } catch (cause) {
    if (cause instanceof AlertmanagerError) throw cause;
    throw new AlertmanagerError("Alertmanager is away", { cause });
  }
}
