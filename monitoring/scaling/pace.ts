import { parseDuration } from "./duration.ts";
import { rangesIn } from "./expression.ts";

/** Functions that make something of how samples differ. They guess at what is beyond the first and the last: it takes some. */
const rates = new Set(["rate", "irate", "increase", "delta", "idelta", "deriv", "changes", "resets"]);

/** Ranges without a rate need one sample for sure: a third as long. */
const samplesForRate = 3;

/** What a kubelet's cAdvisor tells, and what is recorded of it. */
const containerMetric = /^container[_:]/;

/** How fast time passes, against production. */
export interface Pace {
  /** Every duration is divided by this, unless a range gets too short. */
  timeScale: number;
  /**
   * The shortest range for a rate of what cAdvisor tells of a container, in ms. A kubelet takes a sample every 10 to 15 s, a
   * busy one every 20.
   */
  shortestRangeMs: number;
}

/**
 * What all durations of an expression are divided by, so that its ranges and offsets keep their proportions: the time scale,
 * or as much less as its shortest range over a container's samples needs.
 */
export function scaleOf(promql: string, pace: Pace): number {
  const most = rangesIn(promql)
    .filter(({ metric }) => containerMetric.test(metric))
    .map(({ by, duration }) => {
      const atLeastMs = rates.has(by) ? pace.shortestRangeMs : sampleMs(pace);
      return parseDuration(duration) / atLeastMs;
    });
  return Math.max(1, Math.min(pace.timeScale, ...most));
}

/** What the slowest of the shipped alerts, ContainerMemoryRising, is divided by: after that, all of them have had their time. */
export function slowestScale(pace: Pace): number {
  return scaleOf("avg_over_time(container:memory[1m])", pace);
}

/** How long it takes at most, in ms, until each container has told once more how it is. */
export function sampleMs({ shortestRangeMs }: Pace): number {
  return shortestRangeMs / samplesForRate;
}
