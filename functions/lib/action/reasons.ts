import type { GuardrailReason } from "../guardrail/index.ts";

/** Why an action function writes nothing: the closed list. */
export type ActionReason =
  | GuardrailReason
  /** No open incident requests it, or no token stands behind it: a forged or a very late event. */
  | "NotReserved"
  /** It was finished before: it is never run again. */
  | "AlreadyFinished"
  | "TargetGone"
  /** A person, or another controller, was faster. */
  | "ChangedMeanwhile"
  | "RevisionGone"
  | "AutoscalerGone"
  | "NotScalable"
  /** The API server refuses the write, for want of rights or by its rules: trying again is no use. */
  | "WriteRefused";
