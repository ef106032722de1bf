import { expect, test } from "vitest";
import type { Delivery } from "./index.ts";
import { untold } from "./index.ts";

const at = "2026-01-01T12:00:00Z";
const outbox = ["1", "2"].map((id) => ({ id, event: "opened" as const, title: "", lines: [], at }));
const delivery = (entry: string, channel: Delivery["channel"], state: Delivery["state"]): Delivery => ({
  ...{ entry, channel, state, at },
});
const onEvents = [delivery("1", "event", "Sent"), delivery("2", "event", "Sent")];

test.each<[sentence: string, deliveries: Delivery[], left: string[]]>([
  ["nobody has sent anything", [], ["1", "2"]],
  ["Events alone, and they have all", onEvents, []],
  ["Slack has the first, not the second", [...onEvents, delivery("1", "slack", "Sent")], ["2"]],
  ["Slack was away", [...onEvents, delivery("1", "slack", "Away")], ["1", "2"]],
  ["whoever sent to Slack was broken off", [...onEvents, delivery("1", "slack", "Sending")], ["1", "2"]],
  ["Slack refuses the first", [...onEvents, delivery("1", "slack", "Refused"), delivery("2", "slack", "Sent")], []],
])("%s", (_sentence, deliveries, left) => {
  expect(untold({ phase: "Open", alerts: [], evidence: [], remediations: [], outbox, deliveries })).toEqual(
    outbox.filter(({ id }) => left.includes(id)),
  );
});
