import fc from "fast-check";
import { expect, test } from "vitest";
import { features, featuresOf } from "./features.ts";
import { hoursOf } from "./hours.ts";
import { medianBefore } from "./rolling-median.ts";
import { usualOf } from "./scale.ts";
import { leastSpread, transformed } from "./transform.ts";

const { NaN: none } = Number;
const gappy = fc.array(fc.oneof({ weight: 5, arbitrary: fc.integer({ min: -5, max: 5 }) }, fc.constant(none)), {
  maxLength: 60,
});

test("the rolling median is the median of the values before, whatever is missing", () => {
  fc.assert(
    fc.property(gappy, fc.integer({ min: 1, max: 9 }), (values, window) => {
      const slow = values.map((_, i) => {
        const known = values.slice(Math.max(0, i - window), i).filter((value) => !Number.isNaN(value));
        const sorted = known.sort((a, b) => a - b);
        const half = sorted.length >> 1;
        if (sorted.length === 0) return none;
        return sorted.length % 2 === 1 ? sorted[half] : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
      });
      expect([...medianBefore(Float64Array.from(values), window)]).toEqual(slow);
    }),
  );
});

test("no feature looks ahead", () => {
  fc.assert(
    fc.property(gappy, gappy, (before, after) => {
      const short = featuresOf([Float64Array.from(before)], 60);
      const long = featuresOf([Float64Array.from([...before, ...after])], 60);
      expect(long.values.slice(0, short.values.length)).toEqual(short.values);
    }),
  );
});

test("of a value that never moves only its level is left", () => {
  const { values, width } = featuresOf([new Float64Array(100).fill(3)], 60);
  expect(width).toBe(features.length);
  expect([...values.slice(-width)]).toEqual([3, 0, 0, 0, 0, 3]);
});

test.each<[sentence: string, values: number[], centre: number, spread: number]>([
  ["of a normal distribution's ranks, its standard deviation", [-1.96, -0.6745, 0, 0.6745, 1.96], 0, 1.4826 * 0.6745],
  [
    "of a metric at rest that bursts, what the bursts make of it",
    [...new Array(90).fill(0), ...new Array(10).fill(1.96)],
    0,
    1,
  ],
  ["of a metric that never moved, the least", [5, 5, 5], 5, 0.1],
  ["of nothing, the least", [none, none], 0, 0.1],
])("the usual spread %s", (_, values, centre, spread) => {
  const usual = usualOf(Float64Array.from(values), 0.1);
  expect(usual.centre).toBe(centre);
  expect(usual.spread).toBeCloseTo(spread, 3);
});

test.each([
  ["twice the bytes are as far at 1 MB as at 1 GB", "bytes", [1e6, 2e6, 1e9, 2e9]],
  ["twice the seconds are as far at 50 ms as at 5 s, nearly", "seconds", [0.05, 0.1, 5, 10]],
] as const)("%s", (_, kind, values) => {
  const [a = 0, b = 0, c = 0, d = 0] = transformed(Float64Array.from(values), kind);
  expect((b - a) / (d - c)).toBeCloseTo(1, 1);
});

test("what is no finite number is missing, and a negative value keeps its sign", () => {
  const values = Float64Array.of(none, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0.25);
  expect([...transformed(values, "ratio")]).toEqual([none, none, none, -0.5]);
  expect(leastSpread("value", 0)).toBeGreaterThan(0);
});

test("each hour of the day has its own usual value, and one that was never seen has none", () => {
  // Three days by the half hour; nothing from 12:00 to 18:00.
  const values = Float64Array.from({ length: 144 }, (_, i) => (i % 48 >= 24 && i % 48 < 36 ? none : i % 48));
  const usual = hoursOf(values, Array.from(values.keys()), 0, 1800);
  expect([usual(4), usual(148), usual(30)]).toEqual([4, 4, none]);
});
