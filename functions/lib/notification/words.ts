import type { Cause } from "../cause/index.ts";
import type { GuardrailReason } from "../guardrail/index.ts";
import type { TreatmentReason } from "../treatment/index.ts";

/** A CamelCase word as a phrase: `RolloutInProgress` is "rollout in progress". */
export function phrase(word: string): string {
  return word.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
}

const causeTexts: Readonly<Partial<Record<Cause, string>>> = {
  BadRevision: "trouble that began with a new revision",
  BadTemplate: "a pod template that can't start",
  CpuTraffic: "CPU saturated by more traffic",
  CpuRunaway: "CPU saturated without more traffic",
  Unknown: "no sure cause",
};

/** A cause in words. */
export function causeText(cause: Cause): string {
  return causeTexts[cause] ?? phrase(cause);
}

/** Every reason that people are told of has its words: a new one does not compile without. */
const reasonTexts: Readonly<Record<GuardrailReason | TreatmentReason | "EvidenceUnreadable", string>> = {
  AlertStale: "its alerts are old",
  AlertSilenced: "its alerts are silenced",
  AlertNotConfirmed: "its alerts are not confirmed",
  ApprovalNeeded: "a person has to approve it",
  AtMaxReplicas: "it has all the replicas that it may have",
  BrokenPodBlocks: "its broken pod blocks a rollback",
  BudgetExhausted: "the budget is spent",
  CauseUnknown: "the cause is not known",
  Cooldown: "it was healed just now",
  EvidenceUnreadable: "the evidence can't be read",
  KeepsData: "it keeps data",
  LadderExhausted: "no remedy is left",
  MaxReplicas: "too many replicas would be needed",
  MinHealthy: "too few pods would stay healthy",
  ModeObserve: "AutoHeal only observes here",
  ModeOff: "AutoHeal is off here",
  NoAlertFiring: "no alert fires any more",
  NoHealthyRevision: "no earlier revision is known to be healthy",
  NothingWrong: "nothing is wrong",
  OnDeleteStrategy: "its pods are replaced by hand",
  OwnedByAnother: "another tool owns it",
  OwnedByAutoscaler: "an autoscaler owns the replicas",
  Paused: "paused",
  ProtectedNamespace: "the namespace is protected",
  RemedyNotAllowed: "the policy does not allow the remedy",
  RolloutInProgress: "a rollout is going on",
  RolloutPaused: "the rollout is paused",
  StormBrake: "many other workloads were healed just now",
  TargetUnknown: "the alert leads to no workload",
  UpstreamFailure: "the cause is in a service that it calls",
};

/** Why something is held, in words; the reason itself is for programs. */
export function reasonText(reason: string): string {
  const texts: Readonly<Record<string, string>> = reasonTexts;
  return Object.hasOwn(texts, reason) ? (texts[reason] ?? "") : phrase(reason);
}

/** The title of what people are told when something is held, or when a person is needed for it. */
export function holdTitle(reason: string, isCall: boolean): string {
  return `${isCall ? "A person is needed" : "Held"}: ${reasonText(reason)}`;
}
