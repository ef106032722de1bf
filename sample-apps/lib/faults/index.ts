/** Switches that break a running app in the ways that AutoHeal has to tell apart. */
export { FaultError, parseFault, parseFaults } from "./fault.ts";
export { Faults } from "./faults.ts";
