import { parseWebhook } from "@autoheal/lib/alert";
import type { Post } from "@autoheal/lib/drivers/broker";
import type { Log } from "@autoheal/lib/runtime";
import { eventsOf } from "./decide.ts";
import { postAll } from "./post-all.ts";

/** Most events under way at once. */
const parallel = 8;
/** How long new posts are begun, in ms; the rest waits for the next try, as the sender does not wait for ever. */
const postingMs = 6_000;

/** Longest receiver's name in the log, in characters. */
const longestName = 256;

/** What became of a webhook. */
export type Taken =
  | { kind: "taken" }
  /** What is at these places can never be understood; what can be is taken. */
  | { kind: "wrong"; at: string[] }
  /** Not every event was taken by the Broker: the sender has to try again. */
  | { kind: "away" };

/** Takes one webhook's body, from `way`, carrying on its trace. */
export type Take = (body: unknown, way: "alerts" | "broker", traceparent: string) => Promise<Taken>;

/** What `receive` works with. */
export interface Doors {
  cluster: string;
  post: Post;
  log: Log;
  now: () => number;
}

/** Takes webhooks: checks, splits, posts, and logs one line for each. */
export function takeWith({ cluster, post, log, now }: Doors): Take {
  return async (body, way, traceparent) => {
    const { webhook, errors } = parseWebhook(body);
    if (!webhook) {
      log.warn({ way, at: errors, traceparent }, "webhook refused");
      return { kind: "wrong", at: errors };
    }
    const begun = now();
    const events = eventsOf(webhook, cluster);
    const posted = await postAll(
      events,
      (event) => post(event, traceparent),
      { parallel, until: begun + postingMs },
      now,
    );
    const line = {
      way,
      receiver: webhook.receiver.slice(0, longestName),
      alerts: webhook.alerts.length,
      truncatedAlerts: webhook.truncatedAlerts,
      events: events.length,
      taken: posted.taken,
      milliseconds: now() - begun,
      traceparent,
    };
    if (posted.left > 0) {
      log.error({ ...line, error: posted.error }, "webhook not taken");
      return { kind: "away" };
    }
    if (errors.length > 0) {
      log.warn({ ...line, at: errors }, "webhook taken, but for what is wrong in it");
      return { kind: "wrong", at: errors };
    }
    if (webhook.truncatedAlerts > 0) log.warn(line, "webhook taken, but Alertmanager left alerts out");
    else log.info(line, "webhook taken");
    return { kind: "taken" };
  };
}
