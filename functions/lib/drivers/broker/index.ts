/** The driver of the Knative Broker: the only place that knows the CloudEvents SDK's encoding of what we post. */
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
    let answer: Response;
    try {
      answer = await fetch(sink, {
        method: "POST",
        headers: message.headers as Record<string, string>, // reason: binary mode makes plain string headers
        body: message.body as string, // reason: JSON data is encoded as text
        signal: AbortSignal.timeout(postTimeoutMs),
      });
    } catch (cause) {
      throw new BrokerError(`${event.name}: the Broker is away`, { cause });
    }
    await answer.body?.cancel();
    if (!answer.ok) throw new BrokerError(`${event.name}: the Broker answered ${answer.status}`);
  };
}

/**
 * CloudEvents HTTP binding 3.1.3.2: space, double quote, percent and all but printable ASCII are percent-encoded. A
 * subject is made of labels, which hold any text.
 */
function headerText(text: string): string {
  return text.toWellFormed().replace(/[^\x21\x23\x24\x26-\x7e]+/g, (part) => encodeURIComponent(part));
}
