/** The proof is how a remediation is known to have worked: stable for a time, and the alerts resolved. */
export { type Aftermath, healthOf, notAhead, type Proof, prove } from "./proof.ts";
