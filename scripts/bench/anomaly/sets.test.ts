import { expect, test } from "vitest";
import type { Entry } from "../series-folder.ts";
import { generator } from "./chance.ts";
import { benchSets, table } from "./sets.ts";

/** A machine of three metrics by the five minutes, twelve days; in the last two the second metric is off for two hours. */
const machine: Entry = {
  kind: "machine",
  set: "made up",
  name: "one",
  stepSeconds: 300,
  load() {
    const chance = generator(1);
    const rows = (count: number, from: number, to: number) => ({
      rows: count,
      columns: 3,
      values: Float64Array.from({ length: 3 * count }, (_, at) => {
        const row = Math.floor(at / 3);
        return chance() + (at % 3 === 1 && row >= from && row < to ? 4 : 0);
      }),
    });
    const labels = new Uint8Array(576).fill(1, 300, 324);
    return {
      train: rows(2880, 0, 0),
      test: rows(576, 300, 324),
      labels,
      events: [{ from: 300, to: 324, columns: [1] }],
    };
  },
};

const series: Entry = {
  kind: "series",
  set: "made up too",
  name: "two",
  firstTimestampUnix: 1_400_000_000,
  windows: [{ from: 600_000, to: 700_000 }],
  load() {
    const chance = generator(2);
    const seconds = Float64Array.from({ length: 3000 }, (_, i) => 300 * i);
    return { seconds, values: seconds.map((at) => chance() + (at >= 600_000 && at < 640_000 ? 9 : 0)) };
  },
};

test("what is plain to see is found by our method, with its reason, within the budget", () => {
  const [ours, , , random] = benchSets([machine], () => {});
  expect(ours?.contender).toBe("autoheal");
  expect(ours?.mean).toMatchObject({ recallOracle: 1, recallCalibrated: 1, topReason: 1 });
  expect(ours?.mean?.vusPr).toBeGreaterThan(0.6);
  expect(ours?.mean?.budgetUsed).toBeLessThan(1.5);
  expect(random?.mean?.vusPr).toBeLessThan(0.3);
});

test("a series without a baseline of its own is scored as NAB does, and a table tells one line for each method", () => {
  const sets = benchSets([series], () => {});
  expect(sets[0]?.nabStandard).toBeGreaterThan(80);
  expect(table(sets).split("\n")).toHaveLength(6);
});
