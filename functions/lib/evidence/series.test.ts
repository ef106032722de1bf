import { expect, test } from "vitest";
import { level, now, rising, seriesOf, stepped } from "../testing/index.ts";
import {
  aboveSince,
  firstAbove,
  highest,
  latest,
  levelBetween,
  median,
  type Reading,
  type Series,
  slopePerSecond,
} from "./index.ts";

const readAt = now.getTime() / 1000;
const reading: Reading = { readAt, stepSeconds: 30 };
const nothing: Series = [];

test.each([
  [[], undefined],
  [[3], 3],
  [[9, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
])("the median of %j is %s", (values, middle) => {
  expect(median(values)).toBe(middle);
});

test.each<[sentence: string, series: Series, now: number | undefined]>([
  ["nothing known", nothing, undefined],
  ["a level", level(0.4), 0.4],
  ["one odd sample at the end decides nothing", stepped(0.1, 0.9, 0), 0.1],
  ["two samples do", stepped(0.1, 0.9, 30), 0.9],
  ["a series that stopped 90 s ago still counts", seriesOf((ago) => (ago >= 90 ? 0.4 : undefined)), 0.4],
  [
    "a series that stopped 120 s ago says nothing about now",
    seriesOf((ago) => (ago >= 120 ? 0.4 : undefined)),
    undefined,
  ],
  ["what was before a gap does not count", seriesOf((ago) => (ago > 600 ? 0.9 : ago < 60 ? 0.1 : undefined)), 0.1],
  ["a series that began with this sample", seriesOf((ago) => (ago === 0 ? 0.7 : undefined)), 0.7],
])("the level now: %s", (_, series, expected) => {
  expect(latest(series, reading)).toBe(expected);
});

test.each<[sentence: string, from: number, to: number, usual: number | undefined]>([
  ["the usual one", 600, 300, 0.2],
  ["two samples tell none", 60, 0, undefined],
  ["three do; the end is left out", 90, 0, 0.2],
  ["before anything was known", 9000, 4000, undefined],
])("the level within a time: %s", (_, from, to, usual) => {
  expect(levelBetween(level(0.2), readAt - from, readAt - to)).toBe(usual);
});

const above = (value: (ago: number) => number | undefined) => {
  const since = aboveSince(seriesOf(value), 0.5, reading);
  return since === undefined ? undefined : readAt - since;
};

test.each<[sentence: string, value: (ago: number) => number | undefined, secondsAgo: number | undefined]>([
  ["never", () => 0.1, undefined],
  ["at the level is not above it", () => 0.5, undefined],
  ["the whole hour", () => 0.9, 3600],
  ["for five minutes", (ago) => (ago <= 300 ? 0.9 : 0.1), 300],
  ["one sample below does not break it", (ago) => (ago <= 300 && ago !== 120 ? 0.9 : 0.1), 300],
  ["two do", (ago) => (ago <= 300 && ago !== 120 && ago !== 150 ? 0.9 : 0.1), 90],
  ["one sample below at the end does not break it", (ago) => (ago <= 300 && ago > 0 ? 0.9 : 0.1), 300],
  ["two below at the end: it is over", (ago) => (ago <= 300 && ago > 30 ? 0.9 : 0.1), undefined],
  ["a gap is no break", (ago) => (ago > 100 && ago < 200 ? undefined : ago <= 300 ? 0.9 : 0.1), 300],
  ["it stopped", (ago) => (ago >= 120 ? 0.9 : undefined), undefined],
])("above a level since: %s", (_, value, secondsAgo) => {
  expect(above(value)).toBe(secondsAgo);
});

test.each<[sentence: string, series: Series, secondsAgo: number | undefined]>([
  ["it steps up", stepped(0.1, 0.9, 300), 300],
  ["it was above before already", level(0.9), 600],
  ["one odd sample is passed over", seriesOf((ago) => (ago === 450 || ago <= 300 ? 0.9 : 0.1)), 300],
  ["the last sample alone tells nothing yet", stepped(0.1, 0.9, 0), undefined],
  ["never", level(0.1), undefined],
])("first above a level within ten minutes: %s", (_, series, secondsAgo) => {
  const first = firstAbove(series, 0.5, readAt - 600);
  expect(first).toBe(secondsAgo === undefined ? undefined : readAt - secondsAgo);
});

test.each<[sentence: string, series: Series, slope: number | undefined]>([
  ["flat", level(0.4), 0],
  ["rising", rising(0.3, 0.6, 600), 0.0005],
  ["four samples tell none", seriesOf((ago) => (ago < 120 ? 0.4 : undefined)), undefined],
  ["five do", seriesOf((ago) => (ago <= 120 ? 0.4 : undefined)), 0],
  ["only the last five minutes count", seriesOf((ago) => (ago >= 300 ? ago : 7)), 0],
])("slope over five minutes: %s", (_, series, slope) => {
  const found = slopePerSecond(series, 300);
  if (slope === undefined) expect(found).toBeUndefined();
  else expect(found).toBeCloseTo(slope, 8);
});

test("the highest of several series at each time, where any is known", () => {
  const at = (...values: [at: number, value: number][]) => values.map(([at, value]) => ({ at, value }));
  expect(highest([at([1, 5], [2, 1]), at([2, 4], [3, 3])])).toEqual(at([1, 5], [2, 4], [3, 3]));
  expect(highest([])).toEqual([]);
});
