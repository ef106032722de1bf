/** An outcome is how a remediation, or an incident, ended. */
export { type Outcome, outcomes } from "./outcomes.ts";
