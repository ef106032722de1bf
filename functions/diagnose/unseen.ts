import { hold } from "@autoheal/lib/effect";
import type { IncidentStatus, Remediation } from "@autoheal/lib/incident";
import { firing } from "./alerts-now.ts";
import { close, closingOf } from "./close.ts";
import { finished } from "./follow-up.ts";
import { held } from "./held.ts";
import type { Observed } from "./observe.ts";
import type { Settings } from "./settings.ts";
import { type Step, withRemediation } from "./step.ts";

/**
 * Nothing can be healed, and what runs has lost its target. It is kept until its alerts end; where there was a
 * workload, until an alert's word counts no more: who alerts on what is gone may go on for ever.
 */
export function withoutWorkload(
  { healthySince: _, suspect: __, ...before }: IncidentStatus,
  { incident, policy }: Observed,
  settings: Settings,
  now: Date,
): Step {
  const running = unfinished(before);
  const status = running
    ? withRemediation(before, finished(running, "Failed", now, "TargetGone", "its workload is gone"))
    : before;
  const tried = status.remediations.some(({ outcome }) => outcome !== "Held");
  if (status.alerts.length > 0 && firing(status.alerts).length === 0) {
    return close(incident, status, tried ? "Inconclusive" : "Held", now);
  }
  const unknownSince = status.hold?.reason === "TargetUnknown" ? Date.parse(status.hold.since) : now.getTime();
  const gone = incident.spec.workload && now.getTime() - unknownSince > policy.staleAfterSeconds * 1000;
  const end = gone ? "Inconclusive" : closingOf(incident, status, policy, now);
  if (end) return close(incident, status, end, now);
  return held(status, settings, hold("TargetUnknown", "its alerts lead to no workload that is there"), now);
}

/** The remediation that is under way, if there is one. */
export function unfinished({ remediations }: IncidentStatus): Remediation | undefined {
  return remediations.findLast(({ state }) => state !== "Finished");
}

/** Without Prometheus nothing is known, so nothing is proven healthy; what runs is judged when it is back. */
export function unreadable(
  { healthySince: _, suspect: __, ...before }: IncidentStatus,
  settings: Settings,
  now: Date,
): Step {
  const running = unfinished(before);
  const status = running ? withRemediation(before, withoutHealth(running)) : before;
  return held(status, settings, hold("EvidenceUnreadable", "Prometheus can't be asked: nothing is known"), now);
}

function withoutHealth({ healthySince: _, ...rest }: Remediation): Remediation {
  return rest;
}
