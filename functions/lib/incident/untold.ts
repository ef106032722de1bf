import type { IncidentStatus, OutboxEntry } from "./schema.ts";

/**
 * The messages that some channel has not finished with. Which channels there are only `notify` knows: they are those
 * that it has used for this incident, and Kubernetes Events, which it always uses.
 */
export function untold({ outbox, deliveries = [] }: IncidentStatus): OutboxEntry[] {
  const channels = new Set(["event", ...deliveries.map(({ channel }) => channel)]);
  const finished = new Set(
    deliveries
      .filter(({ state }) => state === "Sent" || state === "Refused")
      .map(({ channel, entry }) => `${channel} ${entry}`),
  );
  return outbox.filter(({ id }) => [...channels].some((channel) => !finished.has(`${channel} ${id}`)));
}
