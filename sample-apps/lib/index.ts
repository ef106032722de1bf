/**
 * What every sample app stands on: one port for the app, its health, its metrics and its fault switches.
 * An app says what its routes do; everything that makes it measurable and breakable is in here.
 */

export { callerOf } from "./caller.ts";
export type { Connection } from "./connection.ts";
export { HttpError } from "./http-error.ts";
export { type Peer, PeerError } from "./peer.ts";
export { type App, type Context, run } from "./run.ts";
export type { Reply, Route } from "./server.ts";
export { numberSetting, SettingError, textSetting } from "./settings.ts";
