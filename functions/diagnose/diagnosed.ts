import type { Cause } from "@autoheal/lib/cause";
import type { Diagnosis } from "@autoheal/lib/diagnosis";
import type { IncidentStatus } from "@autoheal/lib/incident";
import { causeText } from "@autoheal/lib/notification";
import { notAhead } from "@autoheal/lib/proof";
import type { Case } from "./case.ts";
import type { Settings } from "./settings.ts";
import { told } from "./step.ts";
import { diagnosisLines } from "./words.ts";

/**
 * Hard evidence counts at once; what only signals say has to be said by two passes in a row, the second as much later as
 * an incident is looked at again: one that a score woke a moment later reads the same samples. Nor are two passes in a row
 * between which nothing could be read.
 */
export function isConfirmed(
  { cause, confidence }: Pick<Diagnosis, "cause" | "confidence">,
  suspect: IncidentStatus["suspect"],
  { reviewSeconds }: Pick<Settings, "reviewSeconds">,
  now: Date,
): boolean {
  if (confidence >= 0.9) return true;
  return suspect?.cause === cause && now.getTime() - Date.parse(suspect.since) >= reviewSeconds * 1000;
}

/** Causes that say what is wrong: others say that nothing is, or not what. */
function isTrouble(cause: Cause): boolean {
  return cause !== "Unknown" && cause !== "NothingWrong" && cause !== "RolloutInProgress";
}

/**
 * The status with the diagnosis; people are told when there is a cause to be told, and it is another than before. A confirmed
 * cause stays on record until another one is confirmed: that nothing is wrong any more is no cause of what was.
 */
export function diagnosed({ status, observed, now }: Case, diagnosis: Diagnosis, confirmed: boolean): IncidentStatus {
  const at = now.toISOString();
  const stamped = (findings: Diagnosis["for"]) =>
    findings.slice(0, 10).map((finding) => ({ ...finding, text: finding.text.slice(0, 1024), at }));
  const { cause, confidence } = diagnosis;
  const before = status.diagnosis;
  const counts = confirmed && isTrouble(cause);
  const found = {
    cause,
    confidence,
    for: stamped(diagnosis.for),
    against: stamped(diagnosis.against),
    at,
    since: before?.cause === cause ? (before.since ?? before.at) : at,
    confirmed: counts,
  };
  const next: IncidentStatus = {
    ...status,
    evidence: observed.clues.map(({ text, source }) => ({ text, source, at })),
    diagnosis: before?.confirmed && !counts ? before : found,
    suspect: { cause, since: sinceOf(cause, status.suspect, now) },
  };
  if (!counts) return next;
  return told(
    next,
    "diagnosed",
    `${observed.incident.spec.subject}: ${causeText(cause)}`,
    diagnosisLines(diagnosis),
    now,
  );
}

/** Since when passes in a row say so: from now on, where the one before said otherwise, or had a clock that was ahead. */
function sinceOf(cause: Cause, before: IncidentStatus["suspect"], now: Date): string {
  return before?.cause === cause ? notAhead(before.since, now) : now.toISOString();
}
