/** One sample: seconds since the epoch, and the value. */
export interface Sample {
  at: number;
  value: number;
}

/** Samples of one signal, oldest first, at a fixed step; where nothing was known there is no sample. */
export type Series = readonly Sample[];

/** The median; undefined of nothing. */
export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** When series were read, in seconds since the epoch, and how far apart their samples are. */
export interface Reading {
  readAt: number;
  stepSeconds: number;
}

/** True when the series goes on to the end: a series that stopped says nothing about now. */
function isCurrent(series: Series, { readAt, stepSeconds }: Reading): boolean {
  return (series.at(-1)?.at ?? 0) > readAt - 4 * stepSeconds;
}

/**
 * The level now: the median of the last three samples, so that one odd sample decides nothing; undefined when the
 * series stopped. What was before a gap is no level of now.
 */
export function latest(series: Series, { readAt, stepSeconds }: Reading): number | undefined {
  const recent = series.slice(-3).filter(({ at }) => at > readAt - 4 * stepSeconds);
  return median(recent.map(({ value }) => value));
}

/** The usual level within a time span, in seconds since the epoch; undefined under three samples. */
export function levelBetween(series: Series, from: number, to: number): number | undefined {
  const values = series.filter(({ at }) => at >= from && at < to).map(({ value }) => value);
  return values.length < 3 ? undefined : median(values);
}

/**
 * Since when the series has been above a level without a break, up to now; undefined when it is below, or stopped.
 * A single sample below does not break it, the last one included.
 */
export function aboveSince(series: Series, level: number, reading: Reading): number | undefined {
  if (!isCurrent(series, reading)) return undefined;
  let since: number | undefined;
  let below = 0;
  for (let i = series.length - 1; i >= 0; i--) {
    const sample = series[i];
    if (!sample) break;
    if (sample.value > level) {
      since = sample.at;
      below = 0;
    } else if (++below > 1) break;
  }
  return since;
}

/** The first time, from a moment on, that the series passed a level and was above it at the next sample too. */
export function firstAbove(series: Series, level: number, from: number): number | undefined {
  const later = series.filter(({ at }) => at >= from);
  return later.find(({ value }, i) => value > level && (later[i + 1]?.value ?? level) > level)?.at;
}

/** Growth per second over the last `seconds`, by least squares; undefined under five samples. */
export function slopePerSecond(series: Series, seconds: number): number | undefined {
  const end = series.at(-1)?.at ?? 0;
  const recent = series.filter(({ at }) => at > end - seconds);
  if (recent.length < 5) return undefined;
  const meanAt = recent.reduce((sum, { at }) => sum + at, 0) / recent.length;
  const meanValue = recent.reduce((sum, { value }) => sum + value, 0) / recent.length;
  const covariance = recent.reduce((sum, { at, value }) => sum + (at - meanAt) * (value - meanValue), 0);
  const variance = recent.reduce((sum, { at }) => sum + (at - meanAt) ** 2, 0);
  return variance === 0 ? undefined : covariance / variance;
}

/** The highest value at each time over several series. */
export function highest(all: Iterable<Series>): Series {
  const byTime = new Map<number, number>();
  for (const series of all) {
    for (const { at, value } of series) byTime.set(at, Math.max(value, byTime.get(at) ?? Number.NEGATIVE_INFINITY));
  }
  return [...byTime].sort(([a], [b]) => a - b).map(([at, value]) => ({ at, value }));
}
