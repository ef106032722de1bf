import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from "@slack/web-api";
import { DeliveryError } from "../../notification/index.ts";

/** Slack's words for trouble of its own (docs.slack.dev, common errors of the Web API); any other word is final. */
const busy = new Set([
  "ratelimited",
  "rate_limited",
  "service_unavailable",
  "team_added_to_org",
  "message_limit_exceeded",
]);
const unclear = new Set(["internal_error", "fatal_error", "request_timeout"]);

/** Codes of a connection that was never made. */
const unconnected = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/** Translates an error of the Web API. */
export function deliveryErrorOf(error: unknown): DeliveryError {
  if (error instanceof WebAPIPlatformError) {
    const word = error.data.error;
    if (busy.has(word)) return new DeliveryError("Away", word);
    return new DeliveryError(unclear.has(word) ? "Unclear" : "Refused", word);
  }
  if (error instanceof WebAPIRateLimitedError) return new DeliveryError("Away", "ratelimited");
  if (error instanceof WebAPIHTTPError) return new DeliveryError("Unclear", `HTTP ${error.statusCode}`);
  if (error instanceof WebAPIRequestError) {
    const code = codeOf(error.original);
    return new DeliveryError(unconnected.has(code) ? "Away" : "Unclear", code);
  }
  return new DeliveryError("Unclear", error instanceof Error ? error.name : "unknown");
}

/** The code of fetch's error, or of what caused it; several addresses give several causes, of which the first counts. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  if (code !== undefined) return code;
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error.cause === undefined ? error.name : codeOf(error.cause);
}
