import type { Mark, Slack } from "@autoheal/lib/drivers/slack";
import type { Incident, OutboxEntry } from "@autoheal/lib/incident";
import { DeliveryError, slackReply, slackRoot } from "@autoheal/lib/notification";
import type { Log } from "@autoheal/lib/runtime";
import type { Channel } from "./channel.ts";
import { rootOf } from "./deliveries.ts";

/** How much earlier than the entry its message may be, by a difference of clocks, in ms. */
const skewMs = 300_000;

/** One thread for each incident: its first message is the root, and shows how the incident stands now. */
export function slackChannel(slack: Slack, log: Log): Channel {
  return {
    name: "slack",
    claimed: true,
    send: async (incident, entry, begun) => {
      const mark: Mark = { incident: incident.metadata.uid, entry: entry.id };
      const root = rootOf(incident.status?.deliveries ?? [], "slack");
      const thread = root?.reference?.split("/")[1];
      const found = begun ? await lookFor(mark, entry, thread) : undefined;
      const message = thread ? slackReply(incident, entry) : slackRoot(incident);
      const ts = found ?? (await slack.post(message, mark, thread));
      if (root && thread && isLatest(incident, entry))
        await showStanding(incident, { ...mark, entry: root.entry }, thread);
      return `${slack.channel}/${ts}`;
    },
  };

  async function lookFor(mark: Mark, entry: OutboxEntry, thread: string | undefined): Promise<string | undefined> {
    const since = new Date(Date.parse(entry.at) - skewMs);
    try {
      return await slack.find(mark, thread ? { thread } : { since });
    } catch (error) {
      // Whether it was sent stays as open as it was, however Slack is away: the next one looks first, too.
      if (!isRefused(error)) throw new DeliveryError("Unclear", `not found out: ${String(error)}`);
      // Without the right to read, a second message is better than none.
      log.warn({ error, incident: mark.incident, entry: mark.entry }, "Slack does not let us look for our message");
      return undefined;
    }
  }

  async function showStanding(incident: Incident, mark: Mark, ts: string): Promise<void> {
    try {
      await slack.update(ts, slackRoot(incident), mark);
    } catch (error) {
      // The entry itself is told: it counts as sent only once the root agrees, unless that can never be.
      if (!isRefused(error)) throw new DeliveryError("Unclear", `chat.update: ${String(error)}`);
      log.warn({ error, incident: mark.incident }, "Slack does not let us update the first message");
    }
  }
}

function isLatest(incident: Incident, entry: OutboxEntry): boolean {
  return incident.status?.outbox.at(-1)?.id === entry.id;
}

function isRefused(error: unknown): boolean {
  return error instanceof DeliveryError && error.reason === "Refused";
}
