import { eventType, type IncomingEvent } from "@autoheal/lib/event";
import { type Answer, type Context, done, type Handler, poison } from "@autoheal/lib/runtime";
import type { Take } from "./take.ts";

/** Handles `notification.received`: a whole webhook that came through the Broker. */
export function handleBroker(take: Take): Handler {
  return async (event: IncomingEvent, { traceparent }: Context): Promise<Answer> => {
    if (event.type !== eventType("notification.received")) return poison(`an event of type ${event.type} is not taken`);
    const taken = await take(event.data, "broker", traceparent);
    switch (taken.kind) {
      case "taken":
        return done;
      case "wrong":
        return poison(taken.at.join("; "));
      case "away":
        throw new Error("not all alerts were taken");
    }
  };
}
