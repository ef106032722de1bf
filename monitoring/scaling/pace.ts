import { parseDuration } from "./duration.ts";
import { rangesIn } from "./expression.ts";

/** Functions that need two samples, or one for sure, which is as long: of less they make nothing, or too much. */
const demanding = new Set([
  ...["rate", "irate", "increase", "delta", "idelta", "deriv", "changes", "resets"],
  ...["last_over_time", "present_over_time", "absent_over_time"],
]);

/** What a kubelet's cAdvisor tells, and what is recorded of it. */
const containerMetric = /^container[_:]/;

/** How fast time passes, against production. */
export interface Pace {
  /** Every duration is divided by this, unless a range gets too short. */
  timeScale: number;
  /**
   * The shortest range for a rate of what cAdvisor tells of a container, in ms: two of its samples. A kubelet takes one every
   * 10 to 15 s, a busy one every 20.
   */
  shortestRangeMs: number;
}

/**
 * What all durations of an expression are divided by, so that its ranges and offsets keep their proportions: the time scale,
 * or as much less as its shortest range over a container's samples needs. A rate needs two; what looks at each, one.
 */
export function scaleOf(promql: string, { timeScale, shortestRangeMs }: Pace): number {
  const most = rangesIn(promql)
    .filter(({ metric }) => containerMetric.test(metric))
    .map(({ by, duration }) => parseDuration(duration) / (demanding.has(by) ? shortestRangeMs : shortestRangeMs / 2));
  return Math.max(1, Math.min(timeScale, ...most));
}

/** What the slowest of the shipped alerts, ContainerMemoryRising, is divided by: after that, all of them have had their time. */
export function slowestScale(pace: Pace): number {
  return scaleOf("avg_over_time(container:memory[1m])", pace);
}
