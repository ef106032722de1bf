import { stringify } from "yaml";

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
