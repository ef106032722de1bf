/** Calm cases for tests: everything is fine, and a test says the one thing that is not. Nothing of a function imports this. */
export { anAlert, anIncident, aRemediation, aToken, incidentUid } from "./incident.ts";
export { now, secondsAgo } from "./moment.ts";
export { aPeer, level, rising, seriesOf, stepped, theSignals } from "./signals.ts";
export { aDeployment, anAutoscaler, aPod, aReplicaSet, aWorkload, theObjects } from "./workload.ts";
