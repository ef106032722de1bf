import type { Hold } from "@autoheal/lib/effect";
import type { IncidentStatus } from "@autoheal/lib/incident";
import { holdTitle } from "@autoheal/lib/notification";
import type { Treatment } from "@autoheal/lib/treatment";
import { longestReview, type Settings } from "./settings.ts";
import { after, record, type Step, told } from "./step.ts";
import { actionLine } from "./words.ts";

/** Reasons for which a person is needed, since AutoHeal itself will not get further; and what that person can do, where the message does not say it. */
const forPerson: Readonly<Record<string, string | undefined>> = {
  LadderExhausted: undefined,
  NoHealthyRevision: "roll out a revision that works: AutoHeal only goes back to one that it knows as healthy",
  KeepsData: undefined,
  BrokenPodBlocks: undefined,
  AtMaxReplicas: undefined,
  BudgetExhausted:
    "find out why it needs so many; or raise limits.budget in its HealingPolicy, or wait: it fills up again",
};

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

/** True for a reason that passes by itself, or says that there is nothing to say. */
export function isPassing(reason: string): boolean {
  return passing.has(reason);
}

/** How long a reason that passes by itself may last before people are told all the same, in ms. */
const tellAfterMs = 10 * 60_000;

/**
 * Holds, with the reason; the review comes later the longer it holds. Who called a person does not take that back because a
 * reason of the moment came: it stands until there is something to do again, or the incident is over.
 */
export function held(
  status: IncidentStatus,
  settings: Settings,
  { reason, message }: Hold,
  now: Date,
  wanted?: Treatment,
): Step {
  const stays = status.phase === "Escalated" && isPassing(reason) && !wanted;
  const since = (stays || status.hold?.reason === reason ? status.hold?.since : undefined) ?? now.toISOString();
  const heldMs = now.getTime() - Date.parse(since);
  const escalates = Object.hasOwn(forPerson, reason);
  const later = escalates ? longestReview(settings) : Math.min(60, Math.max(settings.reviewSeconds, heldMs / 10_000));
  const dueAt = after(now, later);
  if (stays) return record({ ...status, dueAt });
  const next: IncidentStatus = {
    ...status,
    phase: escalates ? "Escalated" : "Held",
    hold: { reason, message: message.slice(0, 1024), since },
    dueAt,
    ...(escalates ? { escalatedAt: status.escalatedAt ?? now.toISOString() } : {}),
  };
  if (isPassing(reason) && heldMs < tellAfterMs) return record(next);
  const lines = [
    message,
    ...(wanted ? [`It would ${actionLine(wanted)}.`] : []),
    ...(escalates ? whatToDo(reason) : []),
  ];
  const event = escalates ? "escalated" : reason === "ApprovalNeeded" ? "proposed" : "held";
  return record(told(next, event, holdTitle(reason, escalates), lines, now));
}

function whatToDo(reason: string): string[] {
  const advice = forPerson[reason];
  return [
    ...(advice ? [`What you can do: ${advice}.`] : []),
    "Once it is mended nothing has to be told: AutoHeal looks on, and closes the incident when it has been healthy for a while.",
  ];
}
