import { type Cluster, isClusterError } from "@autoheal/lib/drivers/kubernetes";
import type { IncidentRef } from "@autoheal/lib/event";
import type { Delivery, Incident } from "@autoheal/lib/incident";
import { DeliveryError } from "@autoheal/lib/notification";
import type { Count, Log } from "@autoheal/lib/runtime";
import type { Channel } from "./channel.ts";
import { type ChannelName, decide, type Sending } from "./decide.ts";
import { withChanges } from "./deliveries.ts";

/** How long new entries are begun, in ms: a handler has to answer within 8 s. */
const passMs = 4_000;
/** How often a record is tried against other writers of the same incident. */
const mostTries = 20;

/** What telling needs. */
export interface Doors {
  cluster: Cluster;
  channels: readonly Channel[];
  claimSeconds: number;
  log: Log;
  count: Count<"channel" | "result">;
  now: () => Date;
}

/** Something is left to tell: the event has to come again. */
class LeftToTell extends Error {
  override readonly name = "LeftToTell";
}

/**
 * Tells everything that the incident's outbox has and a channel has not got yet, in order. Rejects with LeftToTell when
 * a channel is away or in other hands, or time is over; what was told is recorded by then.
 */
export async function tell(ref: IncidentRef, doors: Doors): Promise<void> {
  const { cluster, channels, claimSeconds, now } = doors;
  const until = now().getTime() + passMs;
  const shut = new Map<ChannelName, string>();
  const names = channels.map(({ name }) => name);
  for (;;) {
    const incident = await cluster.get<Incident>("incidents", ref.namespace, ref.name);
    if (incident?.metadata.uid !== ref.uid) return;
    const decision = decide(incident, { channels: names, shut: new Set(shut.keys()), claimSeconds }, now());
    if (decision.verdict === "hold") {
      if (decision.reason === "InOtherHands") throw new LeftToTell(decision.message);
      if (shut.size > 0) throw new LeftToTell([...shut].map(([name, why]) => `${name}: ${why}`).join("; "));
      return;
    }
    if (now().getTime() >= until) throw new LeftToTell("time is over");
    const begun = decision.effects.filter(({ channel }) => channelOf(doors, channel).claimed);
    const claims = begun.map((sending) => changeOf(sending, { state: "Sending" }, now()));
    const claimed = claims.length > 0 ? await record(cluster, incident, claims) : incident;
    if (claimed === undefined) continue;
    const results = await Promise.all(decision.effects.map((sending) => send(claimed, sending, doors)));
    for (const { change, why } of results) if (why !== undefined) shut.set(change.channel, why);
    await recordSurely(
      cluster,
      claimed,
      results.flatMap(({ change }) => (change.state === "Sending" ? [] : [change])),
    );
  }
}

interface Result {
  change: Delivery;
  /** Why nothing more can be sent on this channel for now. */
  why?: string;
}

async function send(incident: Incident, sending: Sending, { log, count, now, ...doors }: Doors): Promise<Result> {
  const { entry, channel, begun } = sending;
  const fields = {
    channel,
    told: entry.event,
    entry: entry.id,
    incident: `${incident.metadata.namespace}/${incident.metadata.name}`,
  };
  const ended = (result: string) => count({ channel, result });
  try {
    const reference = await channelOf({ channels: doors.channels }, channel).send(incident, entry, begun);
    ended("sent");
    log.info({ ...fields, reference }, "told");
    return { change: changeOf(sending, { state: "Sent", reference }, now()) };
  } catch (error) {
    const reason = error instanceof DeliveryError ? error.reason : "Unclear";
    const why = error instanceof Error ? error.message : String(error);
    ended(reason.toLowerCase());
    switch (reason) {
      case "Refused":
        log.error({ ...fields, why }, "the receiver refuses this, it is not sent");
        return { change: changeOf(sending, { state: "Refused" }, now()) };
      case "Away":
        log.warn({ ...fields, why }, "the receiver is away");
        return { change: changeOf(sending, { state: "Away" }, now()), why };
      case "Unclear":
        log.warn({ ...fields, why }, "the receiver did not say whether it has this");
        return { change: changeOf(sending, { state: "Sending" }, now()), why };
    }
  }
}

/** Writes `deliveries`, if the incident is still the one that was read; undefined when it has changed. */
async function record(
  cluster: Cluster,
  incident: Incident,
  changes: readonly Delivery[],
): Promise<Incident | undefined> {
  const { namespace, name, resourceVersion } = incident.metadata;
  const patch = { metadata: { resourceVersion }, status: { deliveries: withChanges(incident, changes) } };
  try {
    return await cluster.patch<Incident>("incidents", namespace, name, patch, "status");
  } catch (error) {
    if (isClusterError(error, "Conflict")) return undefined;
    throw error;
  }
}

/** Writes what has happened, over the changes of others; not at all when the incident is gone. */
async function recordSurely(cluster: Cluster, incident: Incident, changes: readonly Delivery[]): Promise<void> {
  let seen: Incident | undefined = incident;
  for (let tries = 0; tries < mostTries && seen?.metadata.uid === incident.metadata.uid; tries += 1) {
    if (changes.length === 0 || (await record(cluster, seen, changes))) return;
    seen = await cluster.get<Incident>("incidents", incident.metadata.namespace, incident.metadata.name);
  }
  if (seen) throw new LeftToTell("others write the incident all the time");
}

function changeOf(
  { entry, channel }: Sending,
  how: { state: "Sending" | "Away" | "Refused" } | { state: "Sent"; reference: string },
  at: Date,
): Delivery {
  return { entry: entry.id, channel, ...how, at: at.toISOString() };
}

function channelOf({ channels }: Pick<Doors, "channels">, name: ChannelName): Channel {
  const channel = channels.find((one) => one.name === name);
  if (channel === undefined) throw new Error(`no channel ${name}`);
  return channel;
}
