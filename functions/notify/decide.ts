import { act, type Decision, hold } from "@autoheal/lib/effect";
import type { Delivery, Incident, OutboxEntry } from "@autoheal/lib/incident";
import { isFinished } from "./deliveries.ts";

/** A way to tell people. */
export type ChannelName = Delivery["channel"];

/** One entry to be sent on one channel. */
export interface Sending {
  entry: OutboxEntry;
  channel: ChannelName;
  /** True when somebody began to send it and never said how that ended: it may be there already. */
  begun: boolean;
}

/** What `decide` knows beside the incident. */
export interface Circumstances {
  /** The channels that are configured. */
  channels: readonly ChannelName[];
  /** Channels on which nothing more can be sent for now. */
  shut: ReadonlySet<ChannelName>;
  /** How long who began to send may take, in seconds; after that others may. */
  claimSeconds: number;
}

/**
 * What to send next: the oldest entry that some channel has not finished, on all such channels. On each channel the
 * order of the outbox is kept: what is in other hands, or shut, holds up what comes after it there, and only there.
 */
export function decide(
  incident: Incident,
  { channels, shut, claimSeconds }: Circumstances,
  now: Date,
): Decision<Sending, "AllTold" | "InOtherHands"> {
  const { outbox = [], deliveries = [] } = incident.status ?? {};
  const held = new Set<ChannelName>();
  for (const entry of outbox) {
    const sendings = channels.flatMap((channel): Sending[] => {
      if (shut.has(channel) || held.has(channel)) return [];
      const delivery = deliveries.find((one) => one.entry === entry.id && one.channel === channel);
      if (delivery === undefined || delivery.state === "Away") return [{ entry, channel, begun: false }];
      if (isFinished(delivery)) return [];
      if (now.getTime() - Date.parse(delivery.at) >= claimSeconds * 1000) return [{ entry, channel, begun: true }];
      held.add(channel);
      return [];
    });
    if (sendings.length > 0) return act(`Send ${entry.event}`, ...sendings);
  }
  if (held.size > 0) return hold("InOtherHands", `being sent just now: ${[...held].join(", ")}`);
  return hold("AllTold", "every entry is told");
}
