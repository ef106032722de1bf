import { expect, test } from "vitest";
import { anAlert, anIncident, aRemediation } from "../testing/index.ts";
import { beganAt, healMs } from "./index.ts";

const opened = "2026-01-01T11:55:00Z";
const of = (...startsAt: string[]) =>
  anIncident(aRemediation(), { alerts: startsAt.map((at) => anAlert({ startsAt: at })) });

test.each<[sentence: string, startsAt: string[], began: string]>([
  ["with the first of its alerts", ["2026-01-01T11:54:00Z", "2026-01-01T11:53:00+00:00"], "2026-01-01T11:53:00+00:00"],
  ["when it was opened, while it has no alert", [], opened],
  ["when it was opened, if all of its alerts began later", ["2026-01-01T11:56:00Z"], opened],
])("an incident begins %s", (_, startsAt, began) => {
  expect(beganAt(of(...startsAt))).toBe(began);
});

test("time to heal is from there to the proven recovery, and none before", () => {
  const alerts = [anAlert({ startsAt: "2026-01-01T11:54:00Z" })];
  const healed = anIncident(aRemediation(), { alerts, recoveredAt: "2026-01-01T12:00:00Z" });
  expect([healMs(of()), healMs(healed)]).toEqual([undefined, 360_000]);
});
