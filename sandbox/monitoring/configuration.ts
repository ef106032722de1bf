import { parseDocument, stringify, visit } from "yaml";
import { scaleDuration, scaleExpression } from "./duration.ts";

/** A Prometheus rules file with every duration divided by `timeScale`, and otherwise as it was. */
export function scaleRules(yaml: string, timeScale: number): string {
  return scaleValues(yaml, {
    expr: (promql) => scaleExpression(promql, timeScale),
    for: (duration) => scaleDuration(duration, timeScale),
    keep_firing_for: (duration) => scaleDuration(duration, timeScale),
    interval: (duration) => scaleDuration(duration, timeScale, 1000),
  });
}

/** Where the sandbox's Alertmanager posts, and the file that holds the bearer token for it. */
export interface Webhook {
  url: string;
  credentialsFile: string;
}

/** An Alertmanager configuration with every duration divided by `timeScale`, whose webhooks post to `webhook`. */
export function scaleAlertmanager(yaml: string, timeScale: number, webhook: Webhook): string {
  const scale = (duration: string) => scaleDuration(duration, timeScale);
  return scaleValues(yaml, {
    resolve_timeout: scale,
    group_wait: scale,
    group_interval: scale,
    repeat_interval: scale,
    url: () => webhook.url,
    credentials_file: () => webhook.credentialsFile,
  });
}

function scaleValues(yaml: string, changes: Record<string, (value: string) => string>): string {
  const document = parseDocument(yaml);
  if (document.errors[0] !== undefined) throw document.errors[0];
  visit(document, {
    Pair(_, pair) {
      // The keys and values of a parsed document are nodes; only scalar ones are changed.
      const { key, value } = pair as { key: { value?: unknown }; value: { value?: unknown } | null };
      const change = typeof key.value === "string" ? changes[key.value] : undefined;
      if (change !== undefined && value !== null && value.value !== undefined)
        value.value = change(String(value.value));
    },
  });
  return document.toString({ lineWidth: 0 });
}

// Scraped with honor_labels, as kube-prometheus-stack's ServiceMonitors do.
const kubernetesJobs = [
  { job_name: "kubelet", metrics_path: "/metrics/cadvisor" },
  { job_name: "kube-state-metrics", metrics_path: "/metrics/kube-state-metrics" },
];

/** The configuration of the sandbox's Prometheus: each target, and each rule, every second. */
export function prometheusConfiguration(addresses: { metrics: string; alertmanager: string; rules: string[] }): string {
  return stringify({
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" },
    rule_files: addresses.rules,
    alerting: { alertmanagers: [{ static_configs: [{ targets: [addresses.alertmanager] }] }] },
    scrape_configs: [
      ...kubernetesJobs.map((job) => ({
        ...job,
        honor_labels: true,
        static_configs: [{ targets: [addresses.metrics] }],
      })),
      {
        job_name: "pods",
        http_sd_configs: [{ url: `http://${addresses.metrics}/sd`, refresh_interval: "1s" }],
      },
    ],
  });
}
