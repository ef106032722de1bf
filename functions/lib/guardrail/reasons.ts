/** Why a guardrail holds a remediation back: the closed list. The same word is in the incident, the log and the metric. */
export type GuardrailReason =
  | "ModeOff"
  | "ModeObserve"
  | "ApprovalNeeded"
  | "RemedyNotAllowed"
  | "Paused"
  | "ProtectedNamespace"
  | "Cooldown"
  | "BudgetExhausted"
  | "MinHealthy"
  | "MaxReplicas"
  | "RolloutInProgress"
  | "RolloutPaused"
  | "OnDeleteStrategy"
  | "AlertStale"
  | "AlertSilenced"
  | "AlertNotConfirmed"
  | "NoAlertFiring";
