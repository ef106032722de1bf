import { defaultPolicySpec, functionDurations, type Pace } from "../monitoring/scaling/index.ts";

/** The sandbox's pace: it scrapes every second, so that ranges may be as short as they come. */
function sandboxPace(timeScale: number): Pace {
  return { timeScale, shortestRangeMs: 1000 };
}

/** The functions' configuration in the sandbox: their own defaults, but for addresses and for time, which passes faster. */
export function functionConfiguration(
  addresses: { prometheusUrl: string; alertmanagerUrl: string },
  timeScale: number,
): Record<string, string> {
  return {
    LOG_LEVEL: "info",
    PROMETHEUS_URL: addresses.prometheusUrl,
    ALERTMANAGER_URL: addresses.alertmanagerUrl,
    ...functionDurations(sandboxPace(timeScale)),
  };
}

/** The cluster's default policy in the sandbox. */
export function sandboxPolicy(timeScale: number): object {
  return {
    apiVersion: "autoheal.dev/v1alpha1",
    kind: "HealingPolicy",
    metadata: { name: "default", namespace: "autoheal" },
    spec: defaultPolicySpec(sandboxPace(timeScale)),
  };
}
