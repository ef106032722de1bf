import { heldBack } from "@autoheal/lib/guardrail";
import type { IncidentStatus, Remediation } from "@autoheal/lib/incident";
import { type Token, tokensOf } from "@autoheal/lib/ledger";
import type { Outcome } from "@autoheal/lib/outcome";
import { healthOf, prove } from "@autoheal/lib/proof";
import { againstUndo, templateAfter, undoOf } from "@autoheal/lib/treatment";
import { livePods, type Workload, workloadSubject } from "@autoheal/lib/workload";
import { firing } from "./alerts-now.ts";
import type { Case } from "./case.ts";
import { close } from "./close.ts";
import { after, record, requestOf, type Step, told, withRemediation } from "./step.ts";
import { isUndo } from "./tried.ts";
import { actionLine } from "./words.ts";

/** An action function's word that a request was not carried out, and why. */
export interface Refusal {
  remediation: string;
  reason: string;
  message: string;
}

/** How many times longer than `resendSeconds` a request may go unanswered before it counts as failed. */
const patience = 20;

/** Follows a remediation that is under way: from requested to applied to proven. */
export function followUp(seen: Case, running: Remediation, refusal: Refusal | undefined): Step {
  const { workload } = seen;
  const { hold: _, ...status } = seen.status;
  const ours: Case = { ...seen, status };
  if (workload.uid !== running.seenUid) return lost(ours, running);
  if (running.state === "Applied") return judge(ours, running);
  if (workload.mark === running.id) return applied(ours, running);
  if (refusal?.remediation === running.id) return refused(ours, running, refusal);
  return waiting(ours, running);
}

/** The workload is another one of its name: what was done, or was to be done, is gone with the old one. */
function lost({ status, settings, now }: Case, running: Remediation): Step {
  const changed = finished(running, "Failed", now, "TargetGone", "its workload was deleted and made anew");
  return record({ ...withRemediation(status, changed), phase: "Open", dueAt: after(now, settings.reviewSeconds) });
}

/**
 * The workload carries the remediation's mark: it was written. Where that was told otherwise before, by a forged event or
 * one that crossed with the write, its tokens are reserved again: limits count what was done.
 */
function applied({ status, workload, settings, now }: Case, running: Remediation): Step {
  const { outcome, finishedAt: _, reason: __, message: ___, ...open } = running;
  const changed: Remediation = { ...open, state: "Applied", appliedAt: now.toISOString() };
  const next = {
    ...withRemediation(status, changed),
    phase: "Proving",
    dueAt: after(now, settings.reviewSeconds),
  } as const;
  return { ...record(next), reserve: outcome ? tokensFor(running, workload, running.requestedAt) : [] };
}

/** The remediation that was given up before it was written, and was written after all. */
export function writtenAfterAll({ remediations }: IncidentStatus, workload: Workload): Remediation | undefined {
  return remediations.find(
    ({ id, state, appliedAt, seenUid }) =>
      id === workload.mark && state === "Finished" && appliedAt === undefined && seenUid === workload.uid,
  );
}

/** The tokens that stand behind a remediation: its own, and one for taking it back where that can be done. */
export function tokensFor(
  { id, remedy, cause, change }: Pick<Remediation, "id" | "remedy" | "cause" | "change">,
  workload: Workload,
  at: string,
): Token[] {
  const token = { workload: workloadSubject(workload), remedy, ...(cause ? { cause } : {}), at };
  if (isUndo({ id })) return [{ id, ...token, undo: true }];
  return [{ id, ...token }, ...(undoOf(change) ? [{ id: `${id}-undo`, ...token, undo: true }] : [])];
}

/** Not carried out: the token comes back, and the next pass decides anew. What was begun is done, as far as limits count. */
function refused(ours: Case, running: Remediation, { reason, message }: Refusal): Step {
  const { status, workload, settings, now } = ours;
  const changed = finished(running, hasBegun(running, workload) ? "Inconclusive" : "Held", now, reason, message);
  return record({ ...withRemediation(status, changed), phase: "Open", dueAt: after(now, settings.reviewSeconds) });
}

/**
 * True when a change that takes several writes was refused after the first: of two pods one was evicted, and then the
 * other's budget, a silence or a pause came in between; or the mark alone was refused.
 */
function hasBegun({ change }: Remediation, workload: Workload): boolean {
  switch (change.what) {
    case "restartPods":
      return change.pods.some(({ uid }) => !livePods(workload).some((pod) => pod.uid === uid));
    case "setMaxReplicas":
      return workload.autoscaler?.uid === change.hpaUid && workload.autoscaler.maxReplicas === change.maxReplicas;
    case "restartRollout":
    case "setReplicas":
    case "rollBack":
      return false;
  }
}

/** Requests again what has no answer after a while, with the same id; gives up when nobody ever answers. */
function waiting({ observed, status, settings, workload, now }: Case, running: Remediation): Step {
  const { id, remedy, requestedAt } = running;
  // Another diagnoser may have lost the race for the record, and won that for the token.
  const taken = tokensOf(observed.ledger).some((token) => token.id === id && token.remedy !== remedy);
  const reserve = taken ? tokensFor(running, workload, requestedAt) : [];
  const dueAt = after(now, settings.reviewSeconds);
  const ageSeconds = (now.getTime() - Date.parse(requestedAt)) / 1000;
  if (ageSeconds > patience * settings.resendSeconds) {
    const changed = finished(
      running,
      "Failed",
      now,
      "NotApplied",
      `nobody carried it out within ${Math.round(ageSeconds)} s`,
    );
    return record({ ...withRemediation(status, changed), phase: "Open", dueAt });
  }
  const postedAt = Date.parse(running.postedAt ?? requestedAt);
  if (now.getTime() - postedAt < settings.resendSeconds * 1000) return { ...record({ ...status, dueAt }), reserve };
  const again = { ...running, postedAt: now.toISOString() };
  const next = record({ ...withRemediation(status, again), dueAt });
  return { ...next, reserve, post: [requestOf(observed.incident, again)] };
}

/** Judges what was applied: recovered, worse, failed, or to be watched on. */
function judge(ours: Case, running: Remediation): Step {
  const { observed, status, settings, workload, signals, troubles, now } = ours;
  if (running.template !== undefined && running.template !== workload.template) {
    const message = "somebody rolled out another template before it was proven: what is seen now is of that one";
    return ended("Inconclusive", "ChangedMeanwhile", message);
  }
  const proof = prove({
    remediation: running,
    workload,
    signals,
    troubles,
    alertsFiring: firing(status.alerts).length,
    policy: observed.policy,
    rateWindowSeconds: settings.rateWindowSeconds,
    now,
  });
  switch (proof.state) {
    case "Watching": {
      const { healthySince: _, ...rest } = running;
      const watched = {
        ...rest,
        ...(proof.healthySince ? { healthySince: proof.healthySince } : {}),
        message: proof.waitingFor,
      };
      const dueAt = after(now, settings.reviewSeconds);
      return record({ ...withRemediation(status, watched), phase: "Proving", dueAt });
    }
    case "Recovered": {
      const why = `healthy for ${observed.policy.stableForSeconds} s, and its alerts are resolved`;
      if (isUndo(running)) return ended("Succeeded", "Proven", why);
      const proven = withRemediation(status, finished(running, "Succeeded", now, "Proven", why));
      return close(observed.incident, proven, "Succeeded", now);
    }
    case "Worse":
      return isUndo(running) ? ended("Failed", "NotProven", proof.message) : takeBack(ours, running, proof.message);
    case "Failed":
    case "Inconclusive":
      return ended(proof.state, "NotProven", proof.message);
  }

  function ended(outcome: Outcome, reason: string, message: string): Step {
    const next = withRemediation(status, finished(running, outcome, now, reason, message));
    return record({ ...next, phase: "Open", dueAt: after(now, settings.reviewSeconds) });
  }
}

/** Reverts what made it worse, once; guardrails may still forbid it, then a person is needed. */
function takeBack(ours: Case, running: Remediation, why: string): Step {
  const { observed, status, settings, workload, signals, now } = ours;
  const { incident, policy, ledger } = observed;
  const change = undoOf(running.change);
  const ended = finished(running, "Undone", now, "MadeWorse", why);
  const dueAt = after(now, settings.reviewSeconds);
  const tell = (...lines: string[]) =>
    told(
      { ...withRemediation(status, ended), phase: "Open", dueAt },
      "escalated",
      "The remedy made it worse",
      [why, `What was done: ${actionLine(running)}.`, ...lines],
      now,
    );
  const against = againstUndo(running.change, workload);
  if (!change || against) return record(tell(`It is not taken back: ${against}.`));
  const proposal = { id: `${running.id}-undo`, remedy: running.remedy, change, undo: true };
  const back = heldBack({
    proposal,
    workload,
    policy,
    alerts: status.alerts,
    tokens: tokensOf(ledger),
    pauses: ledger?.spec?.pauses ?? [],
    protectedNamespaces: settings.protectedNamespaces,
    confirmAlerts: settings.confirmAlerts,
    now,
  });
  if (back) {
    const next = tell(`It is not taken back: ${back.message}`);
    const held = { reason: back.reason, message: back.message.slice(0, 1024), since: now.toISOString() };
    return record({ ...next, hold: held });
  }
  const { undo: _, ...what } = proposal;
  const undo: Remediation = {
    ...what,
    seenUid: workload.uid,
    seenGeneration: workload.generation,
    template: templateAfter(change, workload),
    state: "Requested",
    before: healthOf(workload, signals),
    requestedAt: now.toISOString(),
    postedAt: now.toISOString(),
  };
  const next = tell(`It is taken back: ${actionLine({ change })}.`);
  const requested: IncidentStatus = { ...next, phase: "Remediating", remediations: [...next.remediations, undo] };
  return { ...record(requested), post: [requestOf(incident, undo)] };
}

/** A remediation that has ended, and how. */
export function finished(
  running: Remediation,
  outcome: Outcome,
  now: Date,
  reason?: string,
  message?: string,
): Remediation {
  const { message: _waitingFor, ...rest } = running;
  return {
    ...rest,
    state: "Finished",
    outcome,
    finishedAt: now.toISOString(),
    ...(reason ? { reason } : {}),
    ...(message ? { message: message.slice(0, 1024) } : {}),
  };
}
