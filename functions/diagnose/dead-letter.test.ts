import { eventType, pingType } from "@autoheal/lib/event";
import { expect, test } from "vitest";
import { callsForSweep } from "./dead-letter.ts";

test.each([
  [eventType("remedy.applied"), true],
  [eventType("incident.opened"), true],
  [eventType("incident.due"), false],
  [pingType, false],
])("after a lost %s all incidents that are due are looked at: %s", (type, sweeps) => {
  expect(callsForSweep({ type })).toBe(sweeps);
});
