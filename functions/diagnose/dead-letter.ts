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
 * Records an event that the Broker gave up on: in the log, and as a Kubernetes Event on the Broker, where that can be had. Nothing is
 * lost with it: what it was about is in the incident, and the pulse or the tick has that looked at. So nothing is done about it here,
 * and it counts as recorded whatever the API server says: what is given up because something is overloaded must not be more work for that.
 */
export async function recordDeadLetter(office: DeadLetterOffice, event: IncomingEvent): Promise<void> {
  const { cluster, namespace, log, now } = office;
  const { knativeerrorcode, knativeerrordest } = event.extensions;
  log.error(
    { type: event.type, id: event.id, subject: event.subject, knativeerrorcode, knativeerrordest },
    "dead letter",
  );
  if (comesAgain(event)) return;
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
    if (!isClusterError(error, "AlreadyExists"))
      log.warn({ error, id: event.id }, "dead letter recorded in this log only");
  }
}

/** A ping is followed by the next, and an incident.due by another one as long as the incident is due. */
function comesAgain({ type }: IncomingEvent): boolean {
  return type === pingType || eventName(type) === "incident.due";
}
