import { expect, test } from "vitest";
import { parse } from "yaml";
import { prometheusConfiguration, scaleAlertmanager, scaleRules } from "./configuration.ts";

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
  const [group] = parse(scaleRules(rules, 20)).groups;
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
  expect(() => scaleRules("groups: [", 20)).toThrow();
});

test("routes are scaled at every depth, and every webhook goes to the sandbox's receive", () => {
  const routes = `
route:
  group_wait: 5s
  group_interval: 30s
  repeat_interval: 5m
  routes: [{ matchers: [a="b"], group_wait: 0s, repeat_interval: 1m }]
receivers:
  - name: autoheal
    webhook_configs:
      - url: http://receive/alerts
        max_alerts: 0
        http_config: { authorization: { credentials_file: secrets/token } }
`;
  const webhook = { url: "http://127.9.1.1:8080/alerts", credentialsFile: "token" };
  expect(parse(scaleAlertmanager(routes, 20, webhook))).toEqual({
    route: {
      group_wait: "250ms",
      group_interval: "1500ms",
      repeat_interval: "15s",
      routes: [{ matchers: ['a="b"'], group_wait: "0s", repeat_interval: "3s" }],
    },
    receivers: [
      {
        name: "autoheal",
        webhook_configs: [
          {
            url: webhook.url,
            max_alerts: 0,
            http_config: { authorization: { credentials_file: webhook.credentialsFile } },
          },
        ],
      },
    ],
  });
});

test("kubelet and kube-state-metrics keep their own labels, pods get those of discovery", () => {
  const { scrape_configs } = parse(
    prometheusConfiguration({ metrics: "127.9.0.3:8080", alertmanager: "127.9.0.5:9093", rules: ["r.yaml"] }),
  );
  const honoring = scrape_configs.map((job: Record<string, unknown>) => [job.job_name, job.honor_labels ?? false]);
  expect(honoring).toEqual([
    ["kubelet", true],
    ["kube-state-metrics", true],
    ["pods", false],
  ]);
});
