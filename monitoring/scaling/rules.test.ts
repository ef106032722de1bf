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

const slow = { timeScale: 10, shortestRangeMs: 60_000 };

test.each([
  [
    "a rate of what cAdvisor tells needs some samples, and the whole rule is as slow",
    "rate(container_x[2m]) > 1 offset 4m",
    "3m",
    "rate(container_x[60s]) > 1 offset 120s",
    "90s",
  ],
  [
    "what looks at each of them needs one",
    "max_over_time(container:x[1m]) > 1",
    "1m",
    "max_over_time(container:x[20s]) > 1",
    "20s",
  ],
  [
    "the shortest range decides",
    "rate(container_x[1h]) > rate(container_x[4m])",
    "1m",
    "rate(container_x[900s]) > rate(container_x[60s])",
    "15s",
  ],
  [
    "a range is never longer than in production",
    "rate(container_x[20s]) > 1",
    "1m",
    "rate(container_x[20s]) > 1",
    "60s",
  ],
  ["what is scraped oftener is scaled like all else", "rate(x[2m]) > 1", "3m", "rate(x[12s]) > 1", "18s"],
  ["what looks back over nothing is, too", "container_x > 1", "3m", "container_x > 1", "18s"],
])("%s", (_, expr, pending, scaledExpr, scaledPending) => {
  const rules = JSON.stringify({ groups: [{ name: "a", rules: [{ alert: "A", expr, for: pending }] }] });
  expect(parse(scaleRules(rules, slow)).groups[0].rules[0]).toEqual({
    alert: "A",
    expr: scaledExpr,
    for: scaledPending,
  });
});
