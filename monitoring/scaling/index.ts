/**
 * Scaling is running AutoHeal faster than in production, to try it: rules, routes and the functions' own durations at one
 * pace. The sandbox, deploying to a cluster, and the scenarios share it.
 */
export { scaleAlertmanager, type Webhook, withReceivers, withWebhooksOf } from "./alertmanager.ts";
export { paceAnnotations, paceOf, readPace } from "./deployed-pace.ts";
export { scaleDuration } from "./duration.ts";
export { clusterConfiguration, defaultPolicySpec, functionDurations } from "./functions.ts";
export { type Pace, sampleMs, slowestScale } from "./pace.ts";
export { scaleRules } from "./rules.ts";
export { scaleSchedule } from "./schedule.ts";
