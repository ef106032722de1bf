/** The runtime: how a function is configured, served, logged and measured, the same for each. */
export { type Answer, done, poison } from "./answer.ts";
export {
  ConfigError,
  durationSeconds,
  type Environment,
  flag,
  integer,
  list,
  oneOf,
  readConfig,
  type Setting,
  seconds,
  text,
  url,
} from "./config.ts";
export { coalesced, hints, inTurns } from "./in-turns.ts";
export { mostParts } from "./json-shape.ts";
export { limitCallers } from "./limit.ts";
export { type Log, openLog } from "./log.ts";
export {
  type Count,
  Counter,
  counter,
  derivedMetrics,
  Gauge,
  Histogram,
  type Metrics,
  openMetrics,
  Registry,
} from "./metric.ts";
export { admitBody, inHand, openRoom, type Room } from "./room.ts";
export { type Context, type FunctionApp, type Handler, type Running, serve } from "./serve.ts";
export { start } from "./start.ts";
export { admits, type Tokens, tokensOf } from "./tokens.ts";
export { nextTraceparent } from "./trace.ts";
export { jsonBody, type Web, type WebNext, type WebRequest, type WebResponse } from "./web.ts";
