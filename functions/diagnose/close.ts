import { beganAt, type Incident, type IncidentStatus } from "@autoheal/lib/incident";
import { causeText } from "@autoheal/lib/notification";
import type { Outcome } from "@autoheal/lib/outcome";
import type { EffectivePolicy } from "@autoheal/lib/policy";
import { firing } from "./alerts-now.ts";
import { record, type Step, told } from "./step.ts";
import { actionLine, spoken } from "./words.ts";

/**
 * Whether an incident without a running remediation is over: its alerts are resolved and the workload has been healthy
 * for as long as the policy asks, or nobody has spoken of it for too long. One that never got an alert, since whoever
 * opened it ended before storing it, counts as spoken of when it was opened. An alert may never be told as resolved, where
 * Alertmanager itself is not asked: it would keep the incident open for ever, and with it a ladder that is used up.
 */
export function closingOf(
  { spec }: Incident,
  status: IncidentStatus,
  policy: EffectivePolicy,
  now: Date,
): Outcome | undefined {
  const stableFor = status.healthySince ? (now.getTime() - Date.parse(status.healthySince)) / 1000 : -1;
  const tried = status.remediations.filter(({ outcome }) => outcome !== "Held").length;
  const healthy = tried > 0 ? "Inconclusive" : "Held";
  const fires = firing(status.alerts);
  if (fires.length > 0) {
    const silentFor = (now.getTime() - Math.max(...fires.map(({ receivedAt }) => Date.parse(receivedAt)))) / 1000;
    return Math.min(silentFor, stableFor) > policy.staleAfterSeconds ? healthy : undefined;
  }
  if (status.alerts.length > 0 && stableFor >= policy.stableForSeconds) return healthy;
  const lastWord = Math.max(Date.parse(spec.openedAt), ...status.alerts.map(({ endsAt }) => Date.parse(endsAt ?? "")));
  return now.getTime() - lastWord > policy.staleAfterSeconds * 1000 ? "Inconclusive" : undefined;
}

/** Ends an incident; `Succeeded` is a proven recovery. */
export function close(incident: Incident, status: IncidentStatus, outcome: Outcome, now: Date): Step {
  const at = now.toISOString();
  const { dueAt: _, ...rest } = status;
  const ended: IncidentStatus = { ...rest, phase: "Closed", outcome, closedAt: at };
  const took = spoken((now.getTime() - Date.parse(beganAt({ ...incident, status }))) / 1000);
  if (outcome === "Succeeded") {
    const { hold: _held, ...healed } = ended;
    const last = status.remediations.findLast((entry) => entry.outcome === "Succeeded");
    const lines = last ? [`What helped: ${actionLine(last)}.`] : [];
    return record(told({ ...healed, recoveredAt: at }, "recovered", `Recovered after ${took}`, lines, now));
  }
  const healthy = status.healthySince !== undefined;
  const title = healthy
    ? `Over after ${took}: it is healthy again, without proof of what helped`
    : firing(status.alerts).length === 0
      ? `Over after ${took}: its alerts ended`
      : `Over after ${took}: what it was about is gone`;
  const { diagnosis, hold } = status;
  const lines = [
    ...(diagnosis?.confirmed ? [`Its cause: ${causeText(diagnosis.cause)}.`] : []),
    // That nothing is wrong any more says nothing of why nothing was done.
    ...(hold && hold.reason !== "NothingWrong" ? [`It was held: ${hold.message}`] : []),
  ];
  return record(told({ ...ended, ...(healthy ? { recoveredAt: at } : {}) }, "closed", title, lines, now));
}
