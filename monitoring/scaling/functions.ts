import { parseDuration, scaleDuration, scaleRange } from "./duration.ts";
import type { Pace } from "./pace.ts";
import { scaleSchedule } from "./schedule.ts";

/** The range of `rate` in the shipped rules, and of the functions. */
const rateWindow = "2m";

/** How the functions are configured for a pace: their own defaults, as their READMEs say them, but for time. */
export function functionDurations(pace: Pace): Record<string, string> {
  const { timeScale, shortestRangeMs } = pace;
  // Rates tell later than the time scale would have it: what is looked for after something happened is looked for longer.
  const blame = parseDuration("10m") + lateness(pace) * timeScale;
  return {
    AUTOHEAL_RATE_WINDOW: scaleRange(rateWindow, pace),
    AUTOHEAL_HISTORY: scaleRange("1h", pace),
    AUTOHEAL_STEP: scaleDuration("30s", timeScale),
    AUTOHEAL_BLAME_REVISION: scaleDuration(`${blame}ms`, timeScale),
    AUTOHEAL_CRASH_RECENT: scaleDuration("5m", timeScale, shortestRangeMs),
    AUTOHEAL_HANG_AFTER: scaleDuration("1m", timeScale),
    AUTOHEAL_REVIEW: scaleDuration("10s", timeScale),
    AUTOHEAL_RESEND: scaleDuration("40s", timeScale),
  };
}

/** The same, and what a cluster needs whose PingSources go by the clock on the wall; the sandbox's own go faster. */
export function clusterConfiguration(pace: Pace): Record<string, string> {
  return { ...functionDurations(pace), AUTOHEAL_PULSE_SCHEDULE: scaleSchedule("*/10 * * * * *", pace.timeScale) };
}

/** The spec of the HealingPolicy `default` for a pace: the numbers that hold everywhere. */
export function defaultPolicySpec(pace: Pace): object {
  const scaled = (seconds: number) => Math.round(seconds / pace.timeScale);
  const windowSeconds = parseDuration(scaleRange(rateWindow, pace)) / 1000;
  return {
    limits: {
      cooldownSeconds: scaled(300),
      budget: { actions: 3, windowSeconds: scaled(3600) },
      // A proof that is shorter than the shortest range would look at what was before.
      stableForSeconds: Math.max(6, pace.shortestRangeMs / 1000, scaled(60)),
      // Pods take their time to start, then the rate's window has to pass, then the proof: none of that is scaled.
      proofDeadlineSeconds: Math.max(60, 5 * windowSeconds, scaled(600)),
      staleAfterSeconds: Math.max(45, scaled(900)),
    },
  };
}

/** By how many ms a rate is longer than divided. */
function lateness(pace: Pace): number {
  return parseDuration(scaleRange(rateWindow, pace)) - Math.round(parseDuration(rateWindow) / pace.timeScale);
}
