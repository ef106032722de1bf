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
  [
    "a rate needs two samples, and the whole rule is as slow",
    "rate(x[2m]) > 1 offset 4m",
    "3m",
    "rate(x[30s]) > 1 offset 60s",
    "45s",
  ],
  ["what looks at each sample needs one", "max_over_time(x[1m]) > 1", "1m", "max_over_time(x[15s]) > 1", "15s"],
  ["the shortest range decides", "rate(x[1h]) > rate(x[3m])", "1m", "rate(x[600s]) > rate(x[30s])", "10s"],
  ["ranges that are long enough are scaled like all else", "rate(x[10m]) > 1", "15m", "rate(x[60s]) > 1", "90s"],
  ["a range is never longer than in production", "rate(x[20s]) > 1", "1m", "rate(x[20s]) > 1", "60s"],
  ["what looks back over nothing is scaled", "x > 1", "3m", "x > 1", "18s"],
])("%s", (_, expr, pending, scaledExpr, scaledPending) => {
  const rules = JSON.stringify({ groups: [{ name: "a", rules: [{ alert: "A", expr, for: pending }] }] });
  expect(parse(scaleRules(rules, slow)).groups[0].rules[0]).toEqual({
    alert: "A",
    expr: scaledExpr,
    for: scaledPending,
  });
});
