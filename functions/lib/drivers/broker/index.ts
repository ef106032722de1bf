/** The driver of the Knative Broker: the only place that knows the CloudEvents SDK's encoding of what we post. */
import http from "node:http";
import https from "node:https";
import { CloudEvent, HTTP } from "cloudevents";
import { type EventName, eventType, type OutgoingEvent } from "../../event/index.ts";

/** Longest wait for the Broker, in ms: "alerts" answers only after its subscribers did, within 8 s. */
const postTimeoutMs = 7_500;

/** Longest subject that is sent, in characters: headers end at 16 KB, and a subject is only for Triggers and people. */
const longestSubject = 1024;

/** The Broker did not take an event: nothing of it counts as told. */
export class BrokerError extends Error {
  override readonly name = "BrokerError";
}

/** Posts one event; rejects with BrokerError unless the Broker took it. */
export type Post = <N extends EventName>(event: OutgoingEvent<N>, traceparent?: string) => Promise<void>;

/** Posts to the Broker at `sink` (K_SINK), as events from `source`. */
export function postTo(sink: string, source: string): Post {
  return async (event, traceparent) => {
    const message = HTTP.binary(
      new CloudEvent({
        id: event.id,
        type: eventType(event.name),
        source,
        subject: headerText(event.subject.slice(0, longestSubject)),
        datacontenttype: "application/json",
        ...event.extensions,
        ...(traceparent ? { traceparent } : {}),
        data: event.data,
      }),
    );
    // reason: binary mode makes plain string headers, and encodes JSON data as text
    const { headers, body } = message as { headers: Record<string, string>; body: string };
    let status: number;
    try {
      status = await statusOf(sink, headers, body);
    } catch (cause) {
      throw new BrokerError(`${event.name}: the Broker is away`, { cause });
    }
    if (status < 200 || status >= 300) throw new BrokerError(`${event.name}: the Broker answered ${status}`);
  };
}

/**
 * CloudEvents HTTP binding 3.1.3.2: space, double quote, percent and all but printable ASCII are percent-encoded. A
 * subject is made of labels, which hold any text.
 */
function headerText(text: string): string {
  return text.toWellFormed().replace(/[^\x21\x23\x24\x26-\x7e]+/g, (part) => encodeURIComponent(part));
}

/** Posts over Node's own client: `fetch` would be loaded by the first event, which takes longer than the post itself. */
function statusOf(sink: string, headers: Record<string, string>, body: string): Promise<number> {
  const { request } = sink.startsWith("https:") ? https : http;
  return new Promise((resolve, reject) => {
    const posted = request(sink, {
      method: "POST",
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
      signal: AbortSignal.timeout(postTimeoutMs),
    });
    posted.on("response", (answer) => {
      answer.on("end", () => resolve(answer.statusCode ?? 0)).on("error", reject);
      answer.resume();
    });
    posted.on("error", reject);
    posted.end(body);
  });
}
