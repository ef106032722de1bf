import { scaleDuration } from "./monitoring/index.ts";

/** Durations that a function is configured with, as its README says their defaults; the sandbox runs them faster. */
const durations: Readonly<Record<string, string>> = {
  AUTOHEAL_RATE_WINDOW: "2m",
  AUTOHEAL_HISTORY: "1h",
  AUTOHEAL_STEP: "30s",
  AUTOHEAL_BLAME_REVISION: "10m",
  AUTOHEAL_CRASH_RECENT: "5m",
  AUTOHEAL_HANG_AFTER: "1m",
  AUTOHEAL_REVIEW: "10s",
  AUTOHEAL_RESEND: "40s",
};

/** The functions' configuration in the sandbox: their own defaults, but for addresses and for time, which passes faster. */
export function functionConfiguration(
  addresses: { prometheusUrl: string; alertmanagerUrl: string },
  timeScale: number,
): Record<string, string> {
  const scaled = Object.entries(durations).map(([name, value]) => [name, scaleDuration(value, timeScale)]);
  return {
    LOG_LEVEL: "info",
    PROMETHEUS_URL: addresses.prometheusUrl,
    ALERTMANAGER_URL: addresses.alertmanagerUrl,
    ...Object.fromEntries(scaled),
  };
}

/** The cluster's default policy in the sandbox: the numbers that hold everywhere, through the time scale. */
export function sandboxPolicy(timeScale: number): object {
  const scaled = (seconds: number) => Math.round(seconds / timeScale);
  return {
    apiVersion: "autoheal.dev/v1alpha1",
    kind: "HealingPolicy",
    metadata: { name: "default", namespace: "autoheal" },
    spec: {
      limits: {
        cooldownSeconds: scaled(300),
        budget: { actions: 3, windowSeconds: scaled(3600) },
        // A rate's window is 6 s here: a shorter proof would look at what was before.
        stableForSeconds: Math.max(6, scaled(60)),
        proofDeadlineSeconds: Math.max(60, scaled(600)),
        staleAfterSeconds: Math.max(45, scaled(900)),
      },
    },
  };
}
