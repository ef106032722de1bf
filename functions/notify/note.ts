import { eventKinds, eventName, type IncomingEvent, type OutboxNote } from "@autoheal/lib/event";
import * as z from "zod/mini";

const name = z.string().check(z.minLength(1), z.maxLength(253));
const note = z.object({ incident: z.object({ namespace: name, name, uid: name }), entry: name });

/** The note of an event, or a sentence that says why it is none of ours. */
export function noteOf(event: IncomingEvent): OutboxNote | { why: string } {
  const known = eventName(event.type);
  const to: readonly string[] = known ? eventKinds[known].to : [];
  if (!to.includes("notify")) return { why: `an event of type ${event.type} is not taken` };
  const parsed = note.safeParse(event.data);
  return parsed.success ? parsed.data : { why: "the data names no incident and entry" };
}
