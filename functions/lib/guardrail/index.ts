/**
 * A guardrail is one rule that can hold a remediation back. All must pass when the decision is made, and again in the
 * action function right before it writes.
 */
export { type Circumstances, type Guardrail, guardrails, heldBack, type Proposal } from "./guardrail.ts";
export type { GuardrailReason } from "./reasons.ts";
