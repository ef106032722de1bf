import { expect, test } from "vitest";
import { rangesIn, scaleExpression } from "./expression.ts";

test.each([
  ["rate(x[5m])", "rate(x[15s])"],
  ["x offset 10m", "x offset 30s"],
  ["x offset -10m", "x offset -30s"],
  ["max_over_time(rate(x[2m])[30m:1m] offset 1h30m)", "max_over_time(rate(x[6s])[90s:3s] offset 270s)"],
  ["x[ 5m ] > 5", "x[ 15s ] > 5"],
  ["rate(x[10s])", "rate(x[1s])"],
  ["increase(x[1h])>0.5*5m", "increase(x[180s])>0.5*15s"],
])("in %s durations are divided by 20", (promql, scaled) => {
  expect(scaleExpression(promql, 20)).toBe(scaled);
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
  expect(scaleExpression(promql, 20)).toBe(promql);
});

test.each([
  ["x offset 1h > 5m", []],
  ['sum by (a) (rate(x{b="[1d]"}[2m])) # over [1h]', [["rate", "x", "2m"]]],
  [
    "max_over_time(rate(x[2m])[30m:1m]) > y[ 5m ]",
    [
      ["rate", "x", "2m"],
      ["max_over_time", "x", "30m"],
      ["", "y", "5m"],
    ],
  ],
  ["quantile_over_time(0.9, (x:y)[1h])", [["quantile_over_time", "x:y", "1h"]]],
])("the ranges of %s are %j", (promql, ranges) => {
  expect(rangesIn(promql).map(({ by, metric, duration }) => [by, metric, duration])).toEqual(ranges);
});
