import type { Hold } from "@autoheal/lib/effect";
import type { IncidentStatus } from "@autoheal/lib/incident";
import { reasonText } from "@autoheal/lib/notification";
import type { Treatment } from "@autoheal/lib/treatment";
import { longestReview, type Settings } from "./settings.ts";
import { after, record, type Step, told } from "./step.ts";
import { actionLine } from "./words.ts";

/** Reasons for which a person is needed: AutoHeal itself will not get further. */
const needsPerson = new Set([
  "LadderExhausted",
  "NoHealthyRevision",
  "KeepsData",
  "BrokenPodBlocks",
  "AtMaxReplicas",
  "BudgetExhausted",
]);

/** Reasons that pass by themselves within seconds: nobody is told of them. */
const passing = new Set([
  "Confirming",
  "RolloutInProgress",
  "Cooldown",
  "NothingWrong",
  "CauseUnknown",
  "EvidenceUnreadable",
  "AlertNotConfirmed",
  "NoAlertFiring",
]);

/** How long a reason that passes by itself may last before people are told all the same, in ms. */
const tellAfterMs = 10 * 60_000;

/** Holds, with the reason; the review comes later the longer it holds. */
export function held(
  status: IncidentStatus,
  settings: Settings,
  { reason, message }: Hold,
  now: Date,
  wanted?: Treatment,
): Step {
  const since = status.hold?.reason === reason ? status.hold.since : now.toISOString();
  const heldMs = now.getTime() - Date.parse(since);
  const escalates = needsPerson.has(reason);
  const later = escalates ? longestReview(settings) : Math.min(60, Math.max(settings.reviewSeconds, heldMs / 10_000));
  const next: IncidentStatus = {
    ...status,
    phase: escalates ? "Escalated" : "Held",
    hold: { reason, message: message.slice(0, 1024), since },
    dueAt: after(now, later),
    ...(escalates ? { escalatedAt: status.escalatedAt ?? now.toISOString() } : {}),
  };
  if (passing.has(reason) && heldMs < tellAfterMs) return record(next);
  const lines = [message, ...(wanted ? [`It would ${actionLine(wanted)}.`] : [])];
  const event = escalates ? "escalated" : reason === "ApprovalNeeded" ? "proposed" : "held";
  return record(
    told(next, event, `${event === "escalated" ? "A person is needed" : "Held"}: ${reasonText(reason)}`, lines, now),
  );
}
