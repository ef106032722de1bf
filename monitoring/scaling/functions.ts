import { scaleDuration } from "./duration.ts";
import { type Pace, sampleMs, scaleOf, slowestScale } from "./pace.ts";
import { scaleSchedule } from "./schedule.ts";

/** How the functions are configured for a pace: their own defaults, as their READMEs say them, but for time. */
export function functionDurations(pace: Pace): Record<string, string> {
  const { timeScale } = pace;
  const slowest = slowestScale(pace);
  return {
    AUTOHEAL_RATE_WINDOW: scaleDuration("2m", timeScale),
    AUTOHEAL_CONTAINER_WINDOW: scaleDuration("2m", scaleOf("rate(container_x[2m])", pace)),
    AUTOHEAL_HISTORY: scaleDuration("1h", slowest),
    AUTOHEAL_STEP: scaleDuration("30s", timeScale),
    AUTOHEAL_BLAME_REVISION: scaleDuration("10m", slowest),
    AUTOHEAL_CRASH_RECENT: scaleDuration("5m", timeScale),
    AUTOHEAL_HANG_AFTER: scaleDuration("1m", timeScale),
    AUTOHEAL_REVIEW: scaleDuration("10s", timeScale),
    AUTOHEAL_RESEND: scaleDuration("40s", timeScale),
    AUTOHEAL_ALERTMANAGER_SETTLE: scaleDuration("2m", timeScale),
    AUTOHEAL_RELAPSE: scaleDuration("24h", timeScale),
    AUTOHEAL_ANOMALY_FRESH: scaleDuration("5m", timeScale),
    AUTOHEAL_ANOMALY_STEP: scaleDuration("2m", timeScale),
    AUTOHEAL_ANOMALY_BASELINE: scaleDuration("4d", timeScale),
    AUTOHEAL_ANOMALY_JUDGED: scaleDuration("30m", timeScale),
    AUTOHEAL_ANOMALY_FALSE_ALARM_EVERY: scaleDuration("7d", timeScale),
    AUTOHEAL_ANOMALY_SETTLING: scaleDuration("10m", timeScale),
    AUTOHEAL_ANOMALY_BUILD_UP: scaleDuration("15m", timeScale),
    AUTOHEAL_ANOMALY_TICK: scaleDuration("5m", timeScale),
  };
}

/**
 * The same for a cluster, whose PingSources and whose back-off of what crashes go by the clock on the wall; the sandbox's
 * own go faster.
 */
export function clusterConfiguration(pace: Pace): Record<string, string> {
  return {
    ...functionDurations(pace),
    AUTOHEAL_CRASH_RECENT: "5m",
    AUTOHEAL_PULSE_SCHEDULE: scaleSchedule("*/10 * * * * *", pace.timeScale),
  };
}

/** The spec of the HealingPolicy `default` for a pace: the numbers that hold everywhere. */
export function defaultPolicySpec(pace: Pace): object {
  const scaled = (seconds: number) => Math.round(seconds / pace.timeScale);
  return {
    limits: {
      cooldownSeconds: scaled(300),
      budget: { actions: 3, windowSeconds: scaled(3600) },
      storm: { workloads: 10, windowSeconds: scaled(300) },
      // A proof that is shorter would look at what containers told before.
      stableForSeconds: Math.max(6, sampleMs(pace) / 1000, scaled(60)),
      proofDeadlineSeconds: Math.max(60, Math.round(600 / slowestScale(pace))),
      staleAfterSeconds: Math.max(45, scaled(900)),
    },
  };
}
