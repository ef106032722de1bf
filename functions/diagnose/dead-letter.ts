import { createHash } from "node:crypto";
import { type Cluster, isClusterError } from "@autoheal/lib/drivers/kubernetes";
import { eventName, type IncomingEvent, pingType } from "@autoheal/lib/event";
import type { Log } from "@autoheal/lib/runtime";

/** Where a dead letter is recorded. */
export interface DeadLetterOffice {
  cluster: Cluster;
  /** AutoHeal's own namespace. */
  namespace: string;
  log: Log;
  now: Date;
}

/**
 * Records an event that the Broker gave up on, in the log and as a Kubernetes Event on the Broker. Nothing is lost
 * with it: what it was about is in the incident, and the next pass finds it there.
 */
export async function recordDeadLetter(office: DeadLetterOffice, event: IncomingEvent): Promise<void> {
  const { cluster, namespace, log, now } = office;
  const { knativeerrorcode, knativeerrordest } = event.extensions;
  log.error(
    { type: event.type, id: event.id, subject: event.subject, knativeerrorcode, knativeerrordest },
    "dead letter",
  );
  const at = now.toISOString().replace(/\.\d+Z$/, "Z");
  // The name follows from the event: a dead letter that comes twice is recorded once.
  const hash = createHash("sha256").update(`${event.source} ${event.id}`).digest("hex").slice(0, 20);
  try {
    await cluster.create("events", namespace, {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: `dead-letter-${hash}`, namespace },
      type: "Warning",
      reason: "DeadLetter",
      message: `${event.type} ${event.id} about ${event.subject ?? "nothing"} was not delivered (${knativeerrorcode ?? "no answer"})`,
      involvedObject: { apiVersion: "eventing.knative.dev/v1", kind: "Broker", namespace, name: "healing" },
      source: { component: "autoheal-diagnose" },
      firstTimestamp: at,
      lastTimestamp: at,
      count: 1,
    });
  } catch (error) {
    if (!isClusterError(error, "AlreadyExists")) throw error;
  }
}

/**
 * True when what the Broker gave up on may have left something that nothing finds sooner than a sweep. A lost ping is followed by the
 * next; a lost incident.due would be posted again by the sweep. To sweep for these, as long as something is away, makes more of them.
 */
export function callsForSweep({ type }: Pick<IncomingEvent, "type">): boolean {
  return type !== pingType && eventName(type) !== "incident.due";
}
