import { parseDuration } from "./duration.ts";
import { rangesIn } from "./expression.ts";

/** Functions that need two samples, or one for sure, which is as long: of less they make nothing, or too much. */
const demanding = new Set([
  ...["rate", "irate", "increase", "delta", "idelta", "deriv", "changes", "resets"],
  ...["last_over_time", "present_over_time", "absent_over_time"],
]);

/** How fast time passes, against production. */
export interface Pace {
  /** Every duration is divided by this, unless a range gets too short. */
  timeScale: number;
  /** The shortest range for a rate, in ms: two samples of what is sampled most seldom. */
  shortestRangeMs: number;
}

/**
 * What all durations of an expression are divided by, so that its ranges and offsets keep their proportions: the time scale,
 * or as much less as its shortest range needs. A rate needs two samples; what looks at each of them, one.
 */
export function scaleOf(promql: string, { timeScale, shortestRangeMs }: Pace): number {
  const most = rangesIn(promql).map(({ of, duration }) => {
    const atLeastMs = demanding.has(of) ? shortestRangeMs : shortestRangeMs / 2;
    return parseDuration(duration) / atLeastMs;
  });
  return Math.max(1, Math.min(timeScale, ...most));
}

/** What the slowest of the shipped rules, ContainerMemoryRising, is divided by: after that, all of them have had their time. */
export function slowestScale(pace: Pace): number {
  return scaleOf("avg_over_time(x[1m])", pace);
}
