import type { Incident, OutboxEntry } from "@autoheal/lib/incident";
import type { ChannelName } from "./decide.ts";

/** A way to tell people, and how it is used. */
export interface Channel {
  name: ChannelName;
  /** True where a second message would be seen as one: then that sending began is recorded before it does. */
  claimed: boolean;
  /**
   * Sends one entry, and gives what the channel calls the message. Where sending was `begun` before, it first looks
   * whether the message is there. Rejects with DeliveryError; what else it rejects with counts as `Unclear`.
   */
  send(incident: Incident, entry: OutboxEntry, begun: boolean): Promise<string>;
}
