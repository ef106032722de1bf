import { method } from "./method.ts";
import { medianBefore } from "./rolling-median.ts";

/** What is looked at of each metric, in the order of the table: none looks ahead. */
export const features = ["level", "last-hour", "trend", "step", "spread", "time-of-day"] as const;

/** The place of a feature among those of its metric. */
export const place = { level: 0, trend: 2, spread: 4, hours: 5 } as const;

/** Features of all metrics, point by point; NaN where nothing is known. The time of day is left to its profile. */
export interface FeatureTable {
  readonly values: Float32Array;
  readonly points: number;
  readonly metrics: number;
  /** Numbers of one point. */
  readonly width: number;
}

/** The features of metrics, whose values are already on their scales. */
export function featuresOf(metrics: readonly Float64Array[], stepSeconds: number): FeatureTable {
  const points = metrics[0]?.length ?? 0;
  const width = metrics.length * features.length;
  const values = new Float32Array(points * width);
  metrics.forEach((metric, m) => {
    const median = medianBefore(metric, inPoints(method.hourSeconds, stepSeconds, 2, method.mostInWindow));
    const trend = againstTrend(metric, method.halfLifeSeconds / stepSeconds);
    const back = inPoints(method.stepBackSeconds, stepSeconds, 1);
    const spread = spreadOf(
      metric,
      inPoints(method.spreadSeconds, stepSeconds, method.fewestInSpread, method.mostInWindow),
    );
    for (let i = 0; i < points; i++) {
      const at = i * width + m * features.length;
      const value = metric[i] ?? Number.NaN;
      values[at] = value;
      values[at + 1] = value - (median[i] ?? Number.NaN);
      values[at + 2] = trend[i] ?? Number.NaN;
      values[at + 3] = value - (metric[i - back] ?? Number.NaN);
      values[at + 4] = spread[i] ?? Number.NaN;
      values[at + 5] = value;
    }
  });
  return { values, points, metrics: metrics.length, width };
}

/** So many seconds in points. */
export function inPoints(seconds: number, stepSeconds: number, least: number, most = Number.POSITIVE_INFINITY): number {
  return Math.min(Math.max(Math.round(seconds / stepSeconds), least), most);
}

/** Each value less the exponentially weighted mean of those before it. */
function againstTrend(metric: Float64Array, halfLifePoints: number): Float64Array {
  const share = 1 - 2 ** (-1 / halfLifePoints);
  let mean = Number.NaN;
  return metric.map((value) => {
    if (Number.isNaN(value)) return Number.NaN;
    if (Number.isNaN(mean)) mean = value;
    const residual = value - mean;
    mean += share * residual;
    return residual;
  });
}

/** The standard deviation of the last so many values, where at least half are known. */
function spreadOf(metric: Float64Array, window: number): Float64Array {
  return metric.map((_, i) => {
    let count = 0;
    let sum = 0;
    for (let j = Math.max(0, i - window + 1); j <= i; j++) {
      const value = metric[j] ?? 0;
      if (Number.isNaN(value)) continue;
      sum += value;
      count += 1;
    }
    if (2 * count < Math.min(window, i + 1) || count < 2) return Number.NaN;
    const mean = sum / count;
    let squares = 0;
    for (let j = Math.max(0, i - window + 1); j <= i; j++) {
      const value = metric[j] ?? 0;
      if (!Number.isNaN(value)) squares += (value - mean) * (value - mean);
    }
    return Math.sqrt(squares / count);
  });
}
