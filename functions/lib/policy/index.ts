/** A policy is what may be done to which workload, in which mode, within which limits. */
export { defaultPolicy, type EffectivePolicy, effectivePolicy, modeLabel, type PolicySubject } from "./effective.ts";
export { type HealingPolicy, type HealingPolicySpec, healingPolicySpec, type Mode, modes } from "./schema.ts";
