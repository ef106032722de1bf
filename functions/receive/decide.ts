import { batchesOf, batchId, highestSeverity, splitBatch, targetSubject, type Webhook } from "@autoheal/lib/alert";
import type { OutgoingEvent } from "@autoheal/lib/event";

/** The events that say all of a webhook: the same ids each time that it comes, and none for heartbeats. */
export function eventsOf(webhook: Webhook, cluster: string): OutgoingEvent<"alerts.received">[] {
  const batches = batchesOf(webhook.alerts, cluster).flatMap((batch) => splitBatch(batch));
  return batches.map((batch) => ({
    name: "alerts.received",
    id: batchId(batch, cluster),
    subject: targetSubject(batch.target),
    extensions: { alerttype: batch.alerttype, severity: highestSeverity(batch.alerts) },
    data: batch,
  }));
}
