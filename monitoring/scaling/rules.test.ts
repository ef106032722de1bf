import { expect, test } from "vitest";
import { parse } from "yaml";
import { scaleRules } from "./rules.ts";

const pace = { timeScale: 20, shortestRangeMs: 1000 };

test("a rules file keeps all but its durations", () => {
  const rules = `
groups:
  - name: a
    interval: 10s
    rules:
      - record: container:x:rate5m
        expr: rate(x{container!=""}[5m])
      - alert: Up
        expr: |
          # why, over [5m]
          container:x:rate5m offset 10m > 5
        for: 3m
        keep_firing_for: 1m
        labels: { severity: warning }
        annotations: { description: "for 5m, {{ $value }}" }
`;
  const [group] = parse(scaleRules(rules, pace)).groups;
  expect(group).toEqual({
    name: "a",
    interval: "1s",
    rules: [
      { record: "container:x:rate5m", expr: 'rate(x{container!=""}[15s])' },
      {
        alert: "Up",
        expr: "# why, over [5m]\ncontainer:x:rate5m offset 30s > 5\n",
        for: "9s",
        keep_firing_for: "3s",
        labels: { severity: "warning" },
        annotations: { description: "for 5m, {{ $value }}" },
      },
    ],
  });
});

test("a rules file that is no YAML is refused", () => {
  expect(() => scaleRules("groups: [", pace)).toThrow();
});

const slow = { timeScale: 10, shortestRangeMs: 30_000 };

test.each([
  ["an alert that waits longer than it looks back still does", "rate(x[2m]) > 1", "3m", "36s"],
  ["the longest of its ranges counts", "rate(x[1m]) > rate(x[2m])", "3m", "36s"],
  [
    "an alert that looks back longer than it waits is as quick as the time scale",
    "max_over_time(x[5m]) > 1",
    "1m",
    "6s",
  ],
  ["an alert as long as its range is, too", "rate(x[2m]) > 1", "2m", "12s"],
  ["an alert that looks back over nothing is, too", "x > 1", "3m", "18s"],
  ["a range that is long enough keeps nothing waiting", "rate(x[10m]) > 1", "15m", "90s"],
])("%s", (_, expr, pending, scaled) => {
  const rules = JSON.stringify({ groups: [{ name: "a", rules: [{ alert: "A", expr, for: pending }] }] });
  expect(parse(scaleRules(rules, slow)).groups[0].rules[0].for).toBe(scaled);
});
