import type { Web, WebNext, WebRequest, WebResponse } from "@autoheal/lib/runtime";
import {
  admitBody,
  admits,
  inHand,
  jsonBody,
  type Log,
  mostParts,
  nextTraceparent,
  type Room,
  type Tokens,
} from "@autoheal/lib/runtime";
import type { Take } from "./take.ts";

/**
 * Largest body, uncompressed, in bytes; and all bodies in hand at once: in memory each takes up to fifteen times its length, and
 * `receive` has 384 MiB.
 */
export const bodyLimitBytes = 10 * 2 ** 20;

/** When to try again, in seconds; Alertmanager has its own back-off, other senders read this. */
const retryAfterSeconds = 5;

/** What each status says; no other is ever answered. */
const meanings = {
  400: "not a webhook of Alertmanager, version 4",
  401: "a bearer token is needed",
  413: "the body is larger than 10 MiB",
  415: "expected application/json in UTF-8, as it is or by gzip",
  503: "not all alerts were taken, try again",
} as const;

/** Serves `POST /alerts`: Alertmanager's webhook with a bearer token. */
export function serveAlerts(web: Web, take: Take, tokens: Tokens, room: Room, log: Log): void {
  const refuse = (response: WebResponse, status: keyof typeof meanings, at?: string[]) => {
    if (status === 401) response.setHeader("www-authenticate", "Bearer");
    if (status === 503) response.setHeader("retry-after", retryAfterSeconds);
    response.status(status).json({ error: meanings[status], ...(at ? { at } : {}) });
  };
  const refuseUnread = (response: WebResponse, status: 400 | 401 | 413 | 415 | 503, at?: string[]) => {
    log.warn({ way: "alerts", status, error: meanings[status], ...(at ? { at } : {}) }, "webhook refused");
    refuse(response, status, at);
  };

  const admit = async (request: WebRequest, response: WebResponse, next: WebNext) => {
    if (admits(await tokens(), request.headers.authorization)) return next();
    refuseUnread(response, 401);
  };
  const wantJson = (request: WebRequest, response: WebResponse, next: WebNext) => {
    if (request.is("application/json") === false) return refuseUnread(response, 415);
    next();
  };
  const handle = async (request: WebRequest, response: WebResponse) => {
    const taken = await inHand(request, take(request.body, "alerts", nextTraceparent(request.get("traceparent"))));
    switch (taken.kind) {
      case "taken":
        return void response.status(204).end();
      case "wrong":
        return refuse(response, 400, taken.at);
      case "away":
        return refuse(response, 503);
    }
  };
  // Four parameters, by which Express tells the handler of errors.
  const failed = (error: unknown, _request: WebRequest, response: WebResponse, _next: WebNext) => {
    const status = statusOf(error);
    if (status === 400)
      return refuseUnread(response, 400, [`body: ${isTooManyParts(error) ? error.message : "expected JSON"}`]);
    if (status !== 503) return refuseUnread(response, status);
    log.error({ way: "alerts", error }, "webhook not taken");
    refuse(response, 503);
  };

  const wantRoom = admitBody(room, bodyLimitBytes, (_request, response) => refuseUnread(response, 503));

  web.post("/alerts", admit, wantJson, wantRoom, jsonBody(bodyLimitBytes, mostParts), handle, failed);
}

/** Express takes it for a check of ours that failed. */
function isTooManyParts(error: unknown): error is Error {
  return error instanceof Error && error.name === "TooManyParts";
}

/** Of the errors of reading a body; everything else is ours, and worth another try. */
function statusOf(error: unknown): 400 | 413 | 415 | 503 {
  const status = typeof error === "object" && error !== null && "status" in error ? error.status : undefined;
  return status === 400 || status === 413 || status === 415 ? status : 503;
}
