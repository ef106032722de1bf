import { alignSamples, type Budget } from "../../../functions/lib/anomaly/index.ts";
import type { LabelledSeries, Span } from "../series-folder.ts";
import type { Contender, Stretch } from "./contenders.ts";
import { type NabFile, probation } from "./nab.ts";

/** A series with no part of its own that is normal: what is before a point is the baseline of that point. */
export interface GrowingSeries {
  readonly name: string;
  readonly series: LabelledSeries;
  readonly firstTimestampUnix: number;
  readonly windows: readonly Span[];
}

/** The baseline grows by a day: often enough to follow a workload, seldom enough to be fitted anew each time. */
const growSeconds = 86_400;

/**
 * For so long after a detection, one that is no higher is no news: Alertmanager's own default for `repeat_interval`. It decides much of
 * NAB's score, for every method (README).
 */
const repeatSeconds = 4 * 3600;

/**
 * One file of NAB scored by one method. The probation period is the first baseline, and it grows as time goes by. A detection
 * counts where it is news: NAB counts each false point, and a detector would say it once.
 */
export function nabFile(contender: Contender, file: GrowingSeries, budget: Budget): NabFile {
  const { seconds, values } = file.series;
  const scores = new Float64Array(seconds.length).fill(Number.NaN);
  const aligned = alignSamples([
    { name: "value", kind: "value", samples: Array.from(seconds, (at, i) => [at, values[i] ?? null] as const) },
  ]);
  if (!aligned.aligned) return { scores, windows: [] };
  const { grid, metrics } = aligned;
  const onGrid = new Float64Array(grid.points).fill(Number.NaN);
  const chunk = Math.max(1, Math.round(growSeconds / grid.stepSeconds));
  for (let from = probation(grid.points); from < grid.points; from += chunk) {
    const to = Math.min(from + chunk, grid.points);
    const stretch: Stretch = {
      name: file.name,
      metrics: metrics.map((metric) => ({ ...metric, values: metric.values.slice(0, to) })),
      judgedFrom: Math.floor(from),
      startSeconds: file.firstTimestampUnix + grid.startSeconds,
      stepSeconds: grid.stepSeconds,
    };
    onGrid.set(contender(stretch, budget).scores, Math.floor(from));
  }
  const news = newsOf(onGrid, Math.round(repeatSeconds / grid.stepSeconds));
  const indexOf = (at: number) => seconds.findIndex((second) => second >= at);
  seconds.forEach((at, i) => {
    scores[i] = news[Math.round((at - grid.startSeconds) / grid.stepSeconds)] ?? Number.NaN;
  });
  const windows = file.windows.map(({ from, to }) => {
    const after = seconds.findIndex((second) => second > to);
    return [indexOf(from), (after < 0 ? seconds.length : after) - 1] as const;
  });
  return { scores, windows };
}

/** Scores where they are higher than any of the `window` before; 0 elsewhere. */
function newsOf(scores: Float64Array, window: number): Float64Array {
  return scores.map((score, i) => {
    if (Number.isNaN(score)) return Number.NaN;
    for (let j = Math.max(0, i - window); j < i; j++) if ((scores[j] ?? Number.NaN) >= score) return 0;
    return score;
  });
}
