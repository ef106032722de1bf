import type { Channels } from "./channels.ts";
import { features, place } from "./features.ts";
import type { Metric } from "./question.ts";
import type { Against, Reason } from "./score.ts";

/** Under so many robust standard deviations a metric is no reason. */
const leastSize = 2;
const mostReasons = 3;

/** In words, what a feature is compared with. */
const words: Record<Against, string> = {
  level: "its usual level",
  "last-hour": "its last hour",
  trend: "its trend",
  step: "its usual change in five minutes",
  spread: "its usual spread",
  "time-of-day": "this hour's usual",
  relation: "what the other metrics lead one to expect",
};

/** A point by its place among those that were looked at, with the values that it had before they were changed. */
export interface Place {
  readonly index: number;
  readonly skipped: number;
  readonly atSeconds: number;
}

/** Why a point is odd: of each metric what is farthest from usual, the farthest metrics first. */
export function reasonsOf(
  channels: Channels,
  metrics: readonly Metric[],
  { index, skipped, atSeconds }: Place,
): Reason[] {
  const sizes = new Float64Array(metrics.length * features.length);
  channels.sizes.write(index, sizes);
  const left = channels.residual(sizes);
  const found = metrics.map((metric, m): Reason => {
    let against: Against = "level";
    let size = 0;
    features.forEach((feature, f) => {
      const of = sizes[m * features.length + f] ?? 0;
      if (Math.abs(of) > Math.abs(size)) [against, size] = [feature, of];
    });
    // Each feature is usual by itself: what is odd is that they do not go together.
    if (Math.abs(size) < leastSize && (left[m] ?? 0) > Math.abs(size)) [against, size] = ["relation", left[m] ?? 0];
    const text = `${metric.name} is ${Math.abs(size).toFixed(1)} robust sd ${size < 0 ? "below" : "above"} ${words[against]}`;
    return {
      metric: metric.name,
      against,
      size,
      level: sizes[m * features.length + place.level] ?? 0,
      value: metric.values[skipped + index] ?? Number.NaN,
      atSeconds,
      text,
    };
  });
  return found
    .filter(({ size }) => Math.abs(size) >= leastSize)
    .sort((a, b) => Math.abs(b.size) - Math.abs(a.size) || (a.metric < b.metric ? -1 : 1))
    .slice(0, mostReasons);
}
