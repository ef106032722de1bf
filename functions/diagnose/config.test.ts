import { defaultThresholds } from "@autoheal/lib/evidence";
import { ConfigError } from "@autoheal/lib/runtime";
import { expect, test } from "vitest";
import { type DiagnoseConfig, readDiagnoseConfig } from "./config.ts";

const least = { K_SINK: "http://broker.local" };

test("with the Broker alone, everything else has a default", () => {
  expect(readDiagnoseConfig(least)).toEqual<DiagnoseConfig>({
    sink: "http://broker.local",
    ownNamespace: "autoheal",
    clusterName: "",
    alertmanagerUrl: "",
    receiver: "autoheal",
    settleSeconds: 120,
    prometheus: undefined,
    pulseSchedule: "*/10 * * * * *",
    settings: {
      ownNamespace: "autoheal",
      protectedNamespaces: ["kube-system", "kube-public", "kube-node-lease", "autoheal"],
      confirmAlerts: false,
      thresholds: defaultThresholds,
      rateWindowSeconds: 120,
      reviewSeconds: 10,
      resendSeconds: 30,
      relapseSeconds: 86_400,
      anomalyFreshSeconds: 300,
    },
  });
});

test("AutoHeal's own namespace is protected, whatever else is", () => {
  const { settings } = readDiagnoseConfig({
    ...least,
    AUTOHEAL_NAMESPACE: "ops",
    AUTOHEAL_PROTECTED_NAMESPACES: "a,b",
  });
  expect(settings.protectedNamespaces).toEqual(["a", "b", "ops"]);
});

test("where Alertmanager can be asked, alerts have to be confirmed; where Prometheus can, signals are read", () => {
  const { settings, prometheus } = readDiagnoseConfig({
    ...least,
    ALERTMANAGER_URL: "http://alertmanager.local:9093/",
    PROMETHEUS_URL: "http://prometheus.local:9090",
    AUTOHEAL_STEP: "1500ms",
    AUTOHEAL_HISTORY: "3m",
    AUTOHEAL_RATE_WINDOW: "6s",
    AUTOHEAL_CONTAINER_WINDOW: "40s",
  });
  expect([settings.confirmAlerts, settings.thresholds.historySeconds, prometheus]).toEqual([
    true,
    180,
    {
      url: "http://prometheus.local:9090",
      windowSeconds: 6,
      containerWindowSeconds: 40,
      historySeconds: 180,
      stepSeconds: 1.5,
    },
  ]);
});

test.each([
  ["K_SINK", "broker"],
  ["ALERTMANAGER_URL", "alertmanager:9093"],
  ["PROMETHEUS_URL", "9090"],
  ["AUTOHEAL_RATE_WINDOW", "0s"],
  ["AUTOHEAL_CONTAINER_WINDOW", "2"],
  ["AUTOHEAL_HISTORY", "1 hour"],
  ["AUTOHEAL_STEP", "30"],
  ["AUTOHEAL_BLAME_REVISION", "ten"],
  ["AUTOHEAL_CRASH_RECENT", ""],
  ["AUTOHEAL_HANG_AFTER", "-1m"],
  ["AUTOHEAL_CPU_PERCENT", "0"],
  ["AUTOHEAL_MEMORY_PERCENT", "101"],
  ["AUTOHEAL_ERROR_PERCENT", "5%"],
  ["AUTOHEAL_P99", "0.5"],
  ["AUTOHEAL_REVIEW", "soon"],
  ["AUTOHEAL_RESEND", "1x"],
])("%s=%s is refused, by name", (variable, value) => {
  expect(() => readDiagnoseConfig({ ...least, [variable]: value })).toThrow(ConfigError);
  expect(() => readDiagnoseConfig({ ...least, [variable]: value })).toThrow(
    new RegExp(`^${variable} is ${JSON.stringify(value)}; allowed: [^\n]+$`),
  );
});
