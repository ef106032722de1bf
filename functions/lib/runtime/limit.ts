import type { RequestHandler } from "express";
import { rateLimit } from "express-rate-limit";
import { tokenOf } from "./tokens.ts";

/**
 * Lets each caller, known by his bearer token, make so many requests a minute; what is more goes to `refuse`, with
 * `Retry-After` set. Counted in this process alone: each instance of a function counts for itself, and a new one anew.
 */
export function limitCallers(requestsPerMinute: number, refuse: RequestHandler): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: requestsPerMinute,
    keyGenerator: ({ headers }) => tokenOf(headers.authorization) ?? "",
    standardHeaders: "draft-8",
    legacyHeaders: false,
    handler: refuse,
  });
}
