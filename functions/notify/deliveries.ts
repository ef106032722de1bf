import type { Delivery, Incident } from "@autoheal/lib/incident";

/**
 * The deliveries of an incident with changes made. A finished one stays as it is, whoever says otherwise later. Those
 * of entries that are no longer in the outbox go, except the first of each channel: threads hang on it.
 */
export function withChanges(incident: Incident, changes: readonly Delivery[]): Delivery[] {
  const before = incident.status?.deliveries ?? [];
  const after = new Map(before.map((delivery) => [keyOf(delivery), delivery]));
  for (const change of changes) {
    const key = keyOf(change);
    const old = after.get(key);
    if (old !== undefined && isFinished(old)) continue;
    after.set(key, change);
  }
  const entries = new Set(incident.status?.outbox.map((entry) => entry.id));
  const roots = new Set((["slack", "email"] as const).map((channel) => rootOf([...after.values()], channel)));
  return [...after.values()].filter((delivery) => entries.has(delivery.entry) || roots.has(delivery));
}

/** The first message of an incident on a channel, which the later ones answer. */
export function rootOf(deliveries: readonly Delivery[], channel: Delivery["channel"]): Delivery | undefined {
  return deliveries.find((one) => one.channel === channel && one.state === "Sent" && one.reference !== undefined);
}

/** True when nothing more is to be done for it. */
export function isFinished({ state }: Delivery): boolean {
  return state === "Sent" || state === "Refused";
}

function keyOf({ entry, channel }: Pick<Delivery, "entry" | "channel">): string {
  return `${channel} ${entry}`;
}
