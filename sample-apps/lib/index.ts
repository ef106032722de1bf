/**
 * What every sample app stands on: one port for the app, its health, its metrics and its fault switches.
 * An app says what its routes do; everything that makes it measurable and breakable is in here.
 */
export { callerOf } from "./caller.ts";
export { HttpError } from "./http-error.ts";
export type { Peer } from "./peer.ts";
export { run } from "./run.ts";
export { numberSetting, textSetting } from "./settings.ts";
