/** The driver of Alertmanager's API v2: which alerts it holds, and which of them are silenced or inhibited. */
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
  return async () => {
    const query = new URLSearchParams({ receiver: `^(?:${receiver})$` });
    try {
      const answer = await fetch(`${url}/api/v2/alerts?${query}`, { signal: AbortSignal.timeout(requestTimeoutMs) });
      if (!answer.ok) throw new AlertmanagerError(`alerts: Alertmanager answered ${answer.status}`);
      const alerts = (await answer.json()) as GettableAlert[]; // reason: Alertmanager's OpenAPI, v2
      return alerts.map(({ status, ...alert }) => ({
        ...alert,
        status: "firing",
        state: status.state === "suppressed" ? "suppressed" : "active",
      }));
    } catch (cause) {
      if (cause instanceof AlertmanagerError) throw cause;
      throw new AlertmanagerError("Alertmanager is away", { cause });
    }
  };
}
