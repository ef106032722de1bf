import type { PrometheusOptions } from "@autoheal/lib/drivers/prometheus";
import { type Environment, integer, list, readConfig, seconds, text, url } from "@autoheal/lib/runtime";
import type { Settings } from "./settings.ts";

/** What `diagnose` reads from its environment; its README lists the variables. */
export interface DiagnoseConfig {
  sink: string;
  ownNamespace: string;
  clusterName: string;
  alertmanagerUrl: string;
  /** The name of Alertmanager's receiver that is ours. */
  receiver: string;
  /** How long after its start Alertmanager may not have heard of all alerts yet, in seconds. */
  settleSeconds: number;
  prometheus: PrometheusOptions | undefined;
  pulseSchedule: string;
  settings: Settings;
}

/** Reads the configuration; throws ConfigError. */
export function readDiagnoseConfig(environment: Environment): DiagnoseConfig {
  const read = readConfig(environment, {
    sink: url("K_SINK"),
    ownNamespace: text("AUTOHEAL_NAMESPACE", "autoheal"),
    clusterName: text("AUTOHEAL_CLUSTER", ""),
    protectedNamespaces: list("AUTOHEAL_PROTECTED_NAMESPACES", "kube-system,kube-public,kube-node-lease"),
    alertmanagerUrl: url("ALERTMANAGER_URL", ""),
    receiver: text("AUTOHEAL_RECEIVER", "autoheal"),
    settle: seconds("AUTOHEAL_ALERTMANAGER_SETTLE", "2m"),
    prometheusUrl: url("PROMETHEUS_URL", ""),
    window: seconds("AUTOHEAL_RATE_WINDOW", "2m"),
    containerWindow: seconds("AUTOHEAL_CONTAINER_WINDOW", "2m"),
    history: seconds("AUTOHEAL_HISTORY", "1h"),
    step: seconds("AUTOHEAL_STEP", "30s"),
    revision: seconds("AUTOHEAL_BLAME_REVISION", "10m"),
    crash: seconds("AUTOHEAL_CRASH_RECENT", "5m"),
    hang: seconds("AUTOHEAL_HANG_AFTER", "1m"),
    cpuPercent: integer("AUTOHEAL_CPU_PERCENT", 90, 1, 100),
    memoryPercent: integer("AUTOHEAL_MEMORY_PERCENT", 90, 1, 100),
    errorPercent: integer("AUTOHEAL_ERROR_PERCENT", 5, 1, 100),
    p99: seconds("AUTOHEAL_P99", "500ms"),
    pulseSchedule: text("AUTOHEAL_PULSE_SCHEDULE", "*/10 * * * * *"),
    review: seconds("AUTOHEAL_REVIEW", "10s"),
    resend: seconds("AUTOHEAL_RESEND", "30s"),
    relapse: seconds("AUTOHEAL_RELAPSE", "24h"),
    anomalyFresh: seconds("AUTOHEAL_ANOMALY_FRESH", "5m"),
  });
  return {
    sink: read.sink,
    ownNamespace: read.ownNamespace,
    clusterName: read.clusterName,
    alertmanagerUrl: read.alertmanagerUrl,
    receiver: read.receiver,
    settleSeconds: read.settle,
    prometheus: read.prometheusUrl
      ? {
          url: read.prometheusUrl,
          windowSeconds: read.window,
          containerWindowSeconds: read.containerWindow,
          historySeconds: read.history,
          stepSeconds: read.step,
        }
      : undefined,
    pulseSchedule: read.pulseSchedule,
    settings: {
      ownNamespace: read.ownNamespace,
      protectedNamespaces: [...read.protectedNamespaces, read.ownNamespace],
      confirmAlerts: read.alertmanagerUrl !== "",
      thresholds: {
        cpuRatio: read.cpuPercent / 100,
        memoryRatio: read.memoryPercent / 100,
        errorRatio: read.errorPercent / 100,
        p99Seconds: read.p99,
        revisionSeconds: read.revision,
        crashSeconds: read.crash,
        hangSeconds: read.hang,
        historySeconds: read.history,
      },
      rateWindowSeconds: read.window,
      reviewSeconds: read.review,
      relapseSeconds: read.relapse,
      resendSeconds: read.resend,
      anomalyFreshSeconds: read.anomalyFresh,
    },
  };
}
