import { expect, test } from "vitest";
import { longestRange, parseDuration, scaleDuration, scaleExpression } from "./duration.ts";

const pace = { timeScale: 20, shortestRangeMs: 1000 };

test.each([
  ["5m", 300_000],
  ["1h30m", 5_400_000],
  ["1d2h3m4s5ms", 93_784_005],
  ["1w", 604_800_000],
  ["1y", 31_536_000_000],
  ["0", 0],
  ["0s", 0],
])("%s is %i ms", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(["", "5", "5 m", "m", "1.5m", "-5m", "5M"])("%j is no duration", (text) => {
  expect(() => parseDuration(text)).toThrow(`"${text}" is no Prometheus duration`);
});

test("a duration is divided to the millisecond and kept over its least", () => {
  expect(scaleDuration("5m", 20)).toBe("15s");
  expect(scaleDuration("30s", 20)).toBe("1500ms");
  expect(scaleDuration("5s", 20, 1000)).toBe("1s");
  expect(scaleDuration("0s", 20)).toBe("0s");
});

test.each([
  ["rate(x[5m])", "rate(x[15s])"],
  ["x offset 10m", "x offset 30s"],
  ["x offset -10m", "x offset -30s"],
  ["max_over_time(rate(x[2m])[30m:1m] offset 1h30m)", "max_over_time(rate(x[6s])[90s:3s] offset 270s)"],
  ["x[ 5m ] > 5", "x[ 15s ] > 5"],
  ["rate(x[10s])", "rate(x[1s])"],
  ["increase(x[1h])>0.5*5m", "increase(x[180s])>0.5*15s"],
])("in %s durations are divided by 20", (promql, scaled) => {
  expect(scaleExpression(promql, pace)).toBe(scaled);
});

test.each([
  "job:http_requests:rate5m",
  "rate5m_5m > 5",
  'x{range="5m", other=\'[10m]\', raw=`1h`, escaped="\\"5m"}',
  "x > 0x5d + 1e5 + 5.5 + .5 + 300",
  "x # over [5m], offset 1h",
  "histogram_quantile(0.99, sum by (le, m5) (x))",
  "x @ 1700000000",
])("in %s there is none", (promql) => {
  expect(scaleExpression(promql, pace)).toBe(promql);
});

test.each([
  ["rate(x[2m]) > 0.5", "rate(x[30s]) > 0.5"],
  ["rate(x[ 10m ])", "rate(x[ 60s ])"],
  ["max_over_time(x[5m] offset 2m)", "max_over_time(x[30s] offset 12s)"],
  ["max_over_time(rate(x[2m])[30m:1m])", "max_over_time(rate(x[30s])[180s:6s])"],
])("in %s ranges, and nothing else, are kept over the shortest", (promql, scaled) => {
  expect(scaleExpression(promql, { timeScale: 10, shortestRangeMs: 30_000 })).toBe(scaled);
});

test.each([
  ["x offset 1h > 5m", 0],
  ["rate(x[2m]) and max_over_time(y[ 5m ] offset 1h)", 300_000],
  ['x{range="[1d]"} # over [1h]', 0],
])("the longest range in %s is %i ms", (promql, milliseconds) => {
  expect(longestRange(promql)).toBe(milliseconds);
});
