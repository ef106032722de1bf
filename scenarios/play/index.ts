/** Playing a scenario: it is deployed and broken on a target, and all that becomes of it is written down. */
export { until } from "./conditions.ts";
export { merged } from "./merge.ts";
export { manifestsOf } from "./place.ts";
export { play } from "./play.ts";
