import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";

interface Rule {
  alert?: string;
  for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}
interface Suite {
  tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
}

const files = (folder: string): string[] => readdirSync(new URL(folder, import.meta.url));
const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

const alerts = files("rules/").flatMap((name) => {
  const { groups }: { groups: { rules: Rule[] }[] } = parse(read(`rules/${name}`));
  return groups.flatMap((group) => group.rules.filter((rule) => rule.alert !== undefined));
});
const healed = alerts.filter((rule) => rule.alert !== "Watchdog");
const cases = files("tests/").flatMap((name) => {
  const suite: Suite = parse(read(`tests/${name}`));
  return suite.tests.flatMap((test) => test.alert_rule_test);
});

test("there are the alerts that AutoHeal heals by", () => {
  expect(Object.fromEntries(healed.map((rule) => [rule.alert, rule.labels?.autoheal_type]))).toEqual({
    KubePodCrashLooping: "crash",
    ContainerOOMKilled: "memory",
    KubePodNotReady: "availability",
    ContainerCpuSaturated: "cpu",
    ContainerMemoryNearLimit: "memory",
    ContainerMemoryRising: "memory",
    ServiceErrorRateHigh: "errors",
    ServiceLatencyHigh: "latency",
    KubeDeploymentReplicasMismatch: "availability",
    KubeDeploymentRolloutStuck: "rollout",
    DependencyDown: "dependency",
  });
});

test.each(healed)("$alert has a severity that is routed", ({ labels }) => {
  expect(["warning", "critical"]).toContain(labels?.severity);
});

test.each(alerts)("$alert says what is wrong, about which target, and what to do", ({ alert, annotations }) => {
  expect(annotations?.summary).toMatch(/^[A-Z].*\.$/);
  expect(annotations?.description).toMatch(/\.$/);
  expect(annotations?.runbook_url).toBe(`monitoring/runbooks/${alert}.md`);
  expect(read(`runbooks/${alert}.md`)).toMatch(new RegExp(`^# ${alert}\n`));
});

test.each(healed)("$alert is tested to fire and not to fire", ({ alert }) => {
  const expected = cases.filter((one) => one.alertname === alert).map((one) => one.exp_alerts.length > 0);
  expect(new Set(expected)).toEqual(new Set([true, false]));
});

test("there is no runbook without an alert: that of a rule, or of anomaly-score", () => {
  const names = ["WorkloadAnomalous", ...alerts.map(({ alert }) => alert)];
  expect(files("runbooks/").sort()).toEqual(names.map((name) => `${name}.md`).sort());
});
