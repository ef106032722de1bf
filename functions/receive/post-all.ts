import type { Post } from "@autoheal/lib/drivers/broker";
import type { OutgoingEvent } from "@autoheal/lib/event";

/** How the posting of a webhook's events went. */
export interface Posted {
  taken: number;
  /** How many the Broker did not take, or that were not begun for lack of time. */
  left: number;
  /** What the first failure was. */
  error?: unknown;
}

/** Limits of posting: how many at once, and until when (ms since the epoch) new ones are begun. */
export interface Limits {
  parallel: number;
  until: number;
}

/** Posts events with a bound on how many are under way. One that fails holds up no other. */
export async function postAll(
  events: readonly OutgoingEvent<"alerts.received">[],
  post: (event: OutgoingEvent<"alerts.received">) => ReturnType<Post>,
  limits: Limits,
  now: () => number,
): Promise<Posted> {
  const queue = events.values();
  const posted: Posted = { taken: 0, left: events.length };
  const worker = async () => {
    for (const event of queue) {
      try {
        if (now() >= limits.until) throw new Error("no time was left");
        await post(event);
        posted.taken += 1;
        posted.left -= 1;
      } catch (error) {
        posted.error ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: limits.parallel }, worker));
  return posted;
}
