import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { binaryHeaders, type CloudEvent } from "./cloud-event.ts";

/** The part of a DeliverySpec of Knative that is read here; durations are ISO 8601. */
export interface DeliverySpec {
  retry?: number;
  backoffPolicy?: "linear" | "exponential";
  backoffDelay?: string;
  timeout?: string;
}

/** How often and how patiently one event is sent to one subscriber. */
export interface Delivery {
  retries: number;
  backoffMs: (attempt: number) => number;
  timeoutMs?: number;
}

/** How a delivery ended: accepted, or refused with the last status and body. */
export type Outcome = { ok: true } | Refusal;

/** The last status and body; `explained` where Knative's filter tells its channel whose they are. */
export interface Refusal {
  ok: false;
  code: number;
  body: Buffer;
  explained: boolean;
}

/** Sends an event with other headers (trace context) along, in binary content mode. */
export type Parcel = { event: CloudEvent; headers: Readonly<Record<string, string>> };

const NO_REPLY = Buffer.from("the sandbox does not serve replies");
const MAX_ERROR_DATA = 1024; // knative/eventing attributes: KnativeErrorDataExtensionMaxLength

/** Reads a DeliverySpec; back-off delays are divided by timeScale, timeouts are not. Throws on a malformed duration. */
export function readDelivery(spec: DeliverySpec, timeScale: number): Delivery {
  const delayMs = spec.backoffDelay === undefined ? 0 : durationMs(spec.backoffDelay) / timeScale;
  return {
    retries: spec.retry ?? 0,
    // knative/eventing retries.go counts from 0, so the first linear retry comes at once.
    backoffMs: (attempt) => delayMs * (spec.backoffPolicy === "exponential" ? 2 ** attempt : attempt),
    ...(spec.timeout === undefined ? {} : { timeoutMs: durationMs(spec.timeout) }),
  };
}

/** An ISO 8601 duration of days, hours, minutes and seconds in milliseconds. */
export function durationMs(text: string): number {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  if (match === null || /[PT]$/.test(text)) throw new Error(`"${text}" is not an ISO 8601 duration such as PT1S`);
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 + (seconds ?? 0) * 1000;
}

/** Sends until accepted, refused for good, or out of retries; an abort ends it as refused. */
export async function deliver(url: string, parcel: Parcel, how: Delivery, signal: AbortSignal): Promise<Outcome> {
  for (let attempt = 0; ; attempt++) {
    const outcome = await send(url, parcel, how.timeoutMs, signal);
    if (outcome.ok || !isRetried(outcome.code) || attempt >= how.retries || signal.aborted) return outcome;
    await sleep(how.backoffMs(attempt), undefined, { signal }).catch(() => undefined);
  }
}

/** The event as it goes to a dead-letter sink, with where and why it was refused, where Knative knows that. */
export function deadLetter(event: CloudEvent, url: string, refusal: Refusal): CloudEvent {
  // The channel, which buries, has called the filter, not the subscriber: what the filter does not tell it, it can't say.
  if (!refusal.explained) return event;
  const attributes = {
    ...event.attributes,
    knativeerrordest: url,
    knativeerrorcode: String(refusal.code),
    knativeerrordata: refusal.body.toString("base64").slice(0, MAX_ERROR_DATA),
  };
  return { ...event, attributes };
}

// knative/specs data-plane.md and eventing's SelectiveRetry: 404, 408, 409, 429 and 5xx are retried, other 4xx are not.
function isRetried(code: number): boolean {
  return code >= 500 || [404, 408, 409, 429].includes(code);
}

function send(url: string, parcel: Parcel, timeoutMs: number | undefined, signal: AbortSignal): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const fail = (error: Error) => {
    // eventing's dispatcher gives transport errors and timeouts the code 500. It is the channel that gives up waiting.
    const body = Buffer.from(`dispatch error: ${error.message}`);
    resolve({ ok: false, code: 500, body, explained: !limit.aborted });
  };
  const limit = timeoutMs === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const headers = { ...parcel.headers, ...binaryHeaders(parcel.event), prefer: "reply" };
  const length = { "content-length": parcel.event.data.length };
  const sending = request(url, { method: "POST", headers: { ...headers, ...length }, signal: limit, agent: false });
  sending.on("error", fail);
  sending.on("response", (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", fail);
    response.on("end", () => {
      const body = Buffer.concat(chunks);
      const code = response.statusCode ?? 0;
      if (code < 200 || code >= 300) resolve({ ok: false, code, body, explained: true });
      // The broker's filter answers 502 for a non-empty reply that is no event: the delivery failed, although it was
      // handled. Replies that are events, which Knative would publish, are not served here, so they fail too.
      else if (body.length > 0 || "ce-specversion" in response.headers)
        resolve({ ok: false, code: 502, body: NO_REPLY, explained: false });
      else resolve({ ok: true });
    });
  });
  sending.end(parcel.event.data);
  return promise;
}
