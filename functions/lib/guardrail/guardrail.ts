import type { Hold } from "../effect/index.ts";
import { hold } from "../effect/index.ts";
import type { Change, IncidentAlert } from "../incident/index.ts";
import type { Pause, Token } from "../ledger/index.ts";
import type { EffectivePolicy } from "../policy/index.ts";
import type { Remedy } from "../remedy/index.ts";
import { healthyPods, type Keeper, type Workload, workloadSubject } from "../workload/index.ts";
import { bringsTemplate, podsTaken } from "./pods.ts";
import type { GuardrailReason } from "./reasons.ts";

/** A remediation that is about to be requested or written. */
export interface Proposal {
  id: string;
  remedy: Remedy;
  change: Change;
  /** Takes back what made things worse: exempt from cooldown and budget only. */
  undo: boolean;
}

/** All that guardrails look at, read just before. */
export interface Circumstances {
  proposal: Proposal;
  workload: Workload;
  policy: EffectivePolicy;
  alerts: readonly IncidentAlert[];
  /** All tokens of the ledger. */
  tokens: readonly Token[];
  pauses: readonly Pause[];
  protectedNamespaces: readonly string[];
  /** True where Alertmanager's API is configured: then only alerts that were seen there count. */
  confirmAlerts: boolean;
  now: Date;
}

/** One rule that can hold a remediation back; undefined lets it pass. */
export type Guardrail = (circumstances: Circumstances) => Hold<GuardrailReason> | undefined;

/** `Auto` alone acts; `Approve` asks; `Observe` only tells; `Off` is silent. */
const mode: Guardrail = ({ policy }) => {
  switch (policy.mode) {
    case "Auto":
      return undefined;
    case "Approve":
      return hold("ApprovalNeeded", "the policy's mode is Approve: a person decides");
    case "Observe":
      return hold("ModeObserve", "the policy's mode is Observe: nothing is changed here");
    case "Off":
      return hold("ModeOff", "the policy's mode is Off");
  }
};

const allowedRemedy: Guardrail = ({ policy, proposal }) =>
  policy.remedies.includes(proposal.remedy)
    ? undefined
    : hold(
        "RemedyNotAllowed",
        `the policy allows ${policy.remedies.join(", ") || "no remedy"}, not ${proposal.remedy}`,
      );

const pause: Guardrail = ({ pauses, workload, now }) => {
  const inForce = pauses.find((entry) => covers(entry, workload) && !(Date.parse(entry.until ?? "") <= now.getTime()));
  return inForce && hold("Paused", `paused by ${inForce.by}: ${inForce.reason}`);
};

function covers({ scope, target }: Pause, workload: Workload): boolean {
  switch (scope) {
    case "Cluster":
      return true;
    case "Namespace":
      return target === workload.namespace;
    case "Workload":
      return target === workloadSubject(workload);
  }
}

const protectedNamespace: Guardrail = ({ workload, protectedNamespaces }) =>
  protectedNamespaces.includes(workload.namespace)
    ? hold("ProtectedNamespace", `nothing is ever changed in ${workload.namespace}`)
    : undefined;

/** Tokens of other remediations of this workload, without those that took something back. */
function others({ tokens, workload, proposal }: Circumstances): Token[] {
  const original = proposal.id.replace(/-undo$/, "");
  return tokens.filter(
    ({ id, workload: of, undo }) => of === workloadSubject(workload) && !undo && id !== proposal.id && id !== original,
  );
}

/** An unreadable time counts as now: what can't be read holds. */
function timeOf(at: string, now: Date): number {
  const time = Date.parse(at);
  return Number.isNaN(time) ? now.getTime() : time;
}

const cooldown: Guardrail = (circumstances) => {
  const { policy, proposal, now } = circumstances;
  if (proposal.undo) return undefined;
  const last = Math.max(...others(circumstances).map(({ at }) => timeOf(at, now)));
  const left = policy.cooldownSeconds - (now.getTime() - last) / 1000;
  return left > 0
    ? hold("Cooldown", `${Math.ceil(left)} s of the cooldown of ${policy.cooldownSeconds} s are left`)
    : undefined;
};

const budget: Guardrail = (circumstances) => {
  const { policy, proposal, now } = circumstances;
  if (proposal.undo) return undefined;
  const { actions, windowSeconds } = policy.budget;
  const spent = others(circumstances).filter(({ at }) => now.getTime() - timeOf(at, now) < windowSeconds * 1000).length;
  return spent >= actions
    ? hold("BudgetExhausted", `${spent} of ${actions} remediations within ${windowSeconds} s are spent`)
    : undefined;
};

/**
 * Many workloads at once have a cause that no remedy of one of them mends, as a database that all need: restarting each
 * makes it worse for all. Every workload's tokens count; the more come at once, the more of them hold right before they write.
 */
const stormBrake: Guardrail = ({ tokens, workload, policy, proposal, now }) => {
  if (proposal.undo) return undefined;
  const { workloads: most, windowSeconds } = policy.storm;
  const others = tokens.filter(({ undo, workload: of }) => !undo && of !== workloadSubject(workload));
  const recent = others.filter(({ at }) => now.getTime() - timeOf(at, now) < windowSeconds * 1000);
  const workloads = new Set(recent.map(({ workload: of }) => of)).size;
  return workloads >= most
    ? hold(
        "StormBrake",
        `${workloads} other workloads were remediated within ${windowSeconds} s: look for what they share`,
      )
    : undefined;
};

/** An action that takes healthy pods away leaves at least `minHealthy` of them, and never takes the last one. */
const minHealthy: Guardrail = ({ workload, proposal, policy }) => {
  const healthy = healthyPods(workload).length;
  const taken = Math.min(healthy, podsTaken(workload, proposal.change));
  const least = Math.max(1, policy.minHealthy);
  return taken > 0 && healthy - taken < least
    ? hold("MinHealthy", `it would leave ${healthy - taken} of ${healthy} healthy pods, at least ${least} must stay`)
    : undefined;
};

const maxReplicas: Guardrail = ({ proposal, policy }) => {
  const { change } = proposal;
  const wanted =
    change.what === "setReplicas" ? change.replicas : change.what === "setMaxReplicas" ? change.maxReplicas : 0;
  return !proposal.undo && wanted > policy.maxReplicas
    ? hold("MaxReplicas", `${wanted} replicas are more than the policy's ${policy.maxReplicas}`)
    : undefined;
};

/**
 * What somebody else owns they would set back: an autoscaler the replicas, at once (it may have come after the decision,
 * which moves no generation); an operator all of the spec; Argo CD and Flux the template, half-way through its rollout.
 * A restart they let be: their repository does not name its annotation.
 */
const ownership: Guardrail = ({ workload: { autoscaler, keeper }, proposal: { change } }) => {
  const kept = (by: Keeper | undefined, what: string) =>
    by && hold("OwnedByAnother", `${by.name} writes its ${what}, and would set it back: change it there`);
  const operator = keeper?.kind === "Operator" ? keeper : undefined;
  switch (change.what) {
    case "restartPods":
      return undefined;
    case "restartRollout":
      return kept(operator, "template");
    case "rollBack":
      return kept(keeper, "template");
    case "setReplicas":
      return autoscaler
        ? hold("OwnedByAutoscaler", `${autoscaler.name} owns the replicas`)
        : kept(operator, "replicas");
    case "setMaxReplicas":
      return kept(autoscaler?.keeper, "autoscaler");
  }
};

/**
 * A rollout within its deadline is left alone; undoing may interrupt what it undoes. One that is stuck is not scaled: what
 * can't run would be scaled too, and its failure be taken for the scaling's.
 */
const rolloutInProgress: Guardrail = ({ workload, proposal }) => {
  if (proposal.undo) return undefined;
  if (workload.rollout === "Progressing") return hold("RolloutInProgress", "a rollout is going on");
  return workload.rollout === "Stuck" && proposal.remedy === "scale"
    ? hold("RolloutInProgress", "a rollout is stuck half-way")
    : undefined;
};

const rolloutPaused: Guardrail = ({ workload }) =>
  workload.paused ? hold("RolloutPaused", "somebody paused the Deployment (spec.paused)") : undefined;

/**
 * With `OnDelete`, or below a partition, nothing replaces pods when the template changes: people do it by hand, for a reason.
 * Nor does a pod that is made anew, or one more, bring a template that they have not brought yet.
 */
const onDelete: Guardrail = ({ workload, proposal: { change } }) =>
  workload.strategy === "OnDelete" && bringsTemplate(workload, change)
    ? hold("OnDeleteStrategy", "its update strategy is OnDelete, or has a partition: pods are replaced by hand")
    : undefined;

/** Acts only on an alert that fires, that Alertmanager itself shows as active, and whose word is fresh. */
const alertStands: Guardrail = ({ alerts, policy, proposal, confirmAlerts, now }) => {
  if (proposal.undo) return undefined;
  const firing = alerts.filter(({ endsAt }) => endsAt === undefined);
  if (firing.length === 0) return hold("NoAlertFiring", "all its alerts are resolved");
  const counting = confirmAlerts ? firing.filter(({ seen }) => seen === "active") : firing;
  if (counting.length === 0) {
    return firing.some(({ seen }) => seen === "suppressed")
      ? hold("AlertSilenced", "its alerts are silenced or inhibited")
      : hold("AlertNotConfirmed", "Alertmanager does not show its alerts as active");
  }
  const newest = Math.max(...counting.map(({ receivedAt }) => Date.parse(receivedAt)));
  const age = (now.getTime() - newest) / 1000;
  return age <= policy.staleAfterSeconds
    ? undefined
    : hold(
        "AlertStale",
        `the last word of its alerts is ${Math.round(age)} s old, more than ${policy.staleAfterSeconds} s`,
      );
};

/** Every guardrail, in the order in which they are named when several hold. */
export const guardrails: readonly Guardrail[] = [
  protectedNamespace,
  pause,
  mode,
  allowedRemedy,
  ownership,
  alertStands,
  rolloutPaused,
  onDelete,
  rolloutInProgress,
  cooldown,
  budget,
  stormBrake,
  maxReplicas,
  minHealthy,
];

/** The first guardrail that holds the proposal back; undefined when all let it pass. */
export function heldBack(circumstances: Circumstances): Hold<GuardrailReason> | undefined {
  for (const guardrail of guardrails) {
    const held = guardrail(circumstances);
    if (held) return held;
  }
  return undefined;
}
