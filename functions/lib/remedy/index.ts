/** A remedy is a kind of healing; a remediation is one run of it on one incident. */
export { type Remedy, remedies } from "./remedies.ts";
