import type { Metric, MetricKind } from "./question.ts";

/** Samples of one metric as they came: Prometheus' `[seconds, "value"]`, or two columns turned into pairs. */
export interface Samples {
  readonly name: string;
  readonly kind: MetricKind;
  readonly samples: readonly (readonly [seconds: number, value: number | string | null])[];
}

/** The points that are wanted: `points` of them, the first at `startSeconds`. */
export interface Grid {
  readonly startSeconds: number;
  readonly stepSeconds: number;
  readonly points: number;
}

/** Metrics on one grid, with what was odd about their samples in words, or why there are none. */
export type Aligned =
  | {
      readonly aligned: true;
      readonly grid: Grid;
      readonly metrics: readonly Metric[];
      readonly notes: readonly string[];
    }
  | { readonly aligned: false; readonly why: "NoSamples" | "StepUnclear" | "TooLarge"; readonly message: string };

/** Points over all metrics at most: 48 MB of numbers. */
const mostCells = 6_000_000;

/** A value is carried on over so many missing points: a scrape or two that failed. */
const mostCarried = 2;

/**
 * Puts samples on a grid; without one, on that of the samples themselves: from their first time to their last, at the largest
 * of the metrics' median distances, so that no metric gets gaps that it does not have. A sample counts for the grid point that
 * is nearest, the last one wins. Over up to two missing points a value is carried on; what is no finite number is missing.
 */
export function alignSamples(series: readonly Samples[], wanted?: Grid): Aligned {
  const notes: string[] = [];
  const cleaned = series.map((one) => inOrder(one, notes));
  const seconds = cleaned.map(({ seconds }) => seconds);
  if (!wanted && seconds.every(({ length }) => length === 0)) {
    return { aligned: false, why: "NoSamples", message: "no metric has a sample" };
  }
  const grid = wanted ?? gridOf(seconds, notes);
  if (!grid || !(grid.stepSeconds > 0) || !Number.isInteger(grid.points) || grid.points < 1) {
    return {
      aligned: false,
      why: "StepUnclear",
      message: "a step needs two different times, or a grid with a step above 0",
    };
  }
  const cells = grid.points * series.length;
  if (cells > mostCells) {
    const message = `${grid.points} points of ${series.length} metrics; at most ${mostCells} values are taken in: ask for a shorter range or a larger step`;
    return { aligned: false, why: "TooLarge", message };
  }
  const metrics = cleaned.map(({ name, kind, seconds, values }) => ({
    name,
    kind,
    values: carried(onGrid(seconds, values, grid)),
  }));
  return { aligned: true, grid, metrics, notes };
}

interface Cleaned {
  readonly name: string;
  readonly kind: MetricKind;
  readonly seconds: Float64Array;
  readonly values: Float64Array;
}

/** Samples in the order of their times; those without a time are left out. */
function inOrder({ name, kind, samples }: Samples, notes: string[]): Cleaned {
  const timed = samples.filter(([at]) => Number.isFinite(at));
  const backwards = timed.some(([at], i) => at < (timed[i - 1]?.[0] ?? at));
  const sorted = backwards ? timed.toSorted(([a], [b]) => a - b) : timed;
  const doubled = sorted.filter(([at], i) => at === sorted[i + 1]?.[0]).length;
  const values = Float64Array.from(sorted, ([, value]) => numberOf(value));
  const infinite = values.filter((value) => Math.abs(value) === Number.POSITIVE_INFINITY).length;
  if (timed.length < samples.length) notes.push(`${name}: ${samples.length - timed.length} samples have no time`);
  if (backwards) notes.push(`${name}: times went back; its samples were sorted`);
  if (doubled > 0) notes.push(`${name}: ${doubled} times came twice; the later sample counts`);
  if (infinite > 0) notes.push(`${name}: ${infinite} values are infinite, and count as missing`);
  return { name, kind, seconds: Float64Array.from(sorted, ([at]) => at), values };
}

/** A value as Prometheus writes it; NaN where there is none. An empty text is no 0. */
function numberOf(value: number | string | null): number {
  if (value === null || value === "") return Number.NaN;
  if (value === "+Inf" || value === "-Inf")
    return value === "+Inf" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  return Number(value);
}

/** The grid of samples; nothing where no metric has two different times. */
function gridOf(all: readonly Float64Array[], notes: string[]): Grid | undefined {
  const steps = all.map(medianStep).filter((step) => step > 0);
  if (steps.length === 0) return undefined;
  const stepSeconds = steps.reduce((a, b) => Math.max(a, b));
  if (steps.some((step) => step < 0.99 * stepSeconds)) {
    notes.push(`metrics have different steps; all are put on one of ${stepSeconds} s`);
  }
  const firsts = all.flatMap((seconds) => seconds[0] ?? []);
  const lasts = all.flatMap((seconds) => seconds.at(-1) ?? []);
  const startSeconds = firsts.reduce((a, b) => Math.min(a, b));
  const end = lasts.reduce((a, b) => Math.max(a, b));
  return { startSeconds, stepSeconds, points: Math.round((end - startSeconds) / stepSeconds) + 1 };
}

function medianStep(seconds: Float64Array): number {
  const steps = seconds
    .slice(1)
    .map((at, i) => at - (seconds[i] ?? at))
    .filter((step) => step > 0)
    .sort();
  return steps[(steps.length - 1) >> 1] ?? 0;
}

function onGrid(
  seconds: Float64Array,
  values: Float64Array,
  { startSeconds, stepSeconds, points }: Grid,
): Float64Array {
  const placed = new Float64Array(points).fill(Number.NaN);
  seconds.forEach((at, i) => {
    const index = Math.round((at - startSeconds) / stepSeconds);
    const value = values[i] ?? Number.NaN;
    // What is missing in one of two samples for the same point is known from the other.
    if (index >= 0 && index < points && Number.isFinite(value)) placed[index] = value;
  });
  return placed;
}

function carried(values: Float64Array): Float64Array {
  let last = Number.NaN;
  let missing = 0;
  return values.map((value) => {
    if (!Number.isNaN(value)) {
      last = value;
      missing = 0;
      return value;
    }
    missing += 1;
    return missing <= mostCarried ? last : Number.NaN;
  });
}
