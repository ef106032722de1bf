/** A diagnosis is a cause out of the closed list, its confidence, and the evidence for and against it. */
export type { Anomaly, Diagnosis, Finding, Seen } from "./diagnosis.ts";
export { lastHealthyRevision } from "./revision.ts";
export { diagnose, trafficGrowth } from "./rules.ts";
