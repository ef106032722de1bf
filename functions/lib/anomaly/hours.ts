import { method } from "./method.ts";
import { quantile } from "./scale.ts";

const daySeconds = 86_400;

/** The usual value of one metric at each time of the day, in UTC. */
export type Hours = (index: number) => number;

/**
 * The profile of a day: the median of what was seen in a slot and in its two neighbours, over the given points. Where nothing
 * was seen at that time of the day, nothing is usual (NaN).
 */
export function hoursOf(
  values: Float64Array,
  rows: readonly number[],
  startSeconds: number,
  stepSeconds: number,
): Hours {
  const slots = Math.max(1, Math.round(daySeconds / Math.max(stepSeconds, method.slotSeconds)));
  const slotOf = (index: number) => {
    const seconds = startSeconds + index * stepSeconds;
    const ofDay = seconds - Math.floor(seconds / daySeconds) * daySeconds;
    return Math.min(Math.floor((ofDay / daySeconds) * slots), slots - 1);
  };
  const seen: number[][] = Array.from({ length: slots }, () => []);
  for (const row of rows) {
    const value = values[row] ?? Number.NaN;
    if (!Number.isNaN(value)) seen[slotOf(row)]?.push(value);
  }
  const usual = seen.map((own, slot) => {
    const near = [...(seen[(slot + slots - 1) % slots] ?? []), ...own, ...(seen[(slot + 1) % slots] ?? [])];
    return near.length === 0 ? Number.NaN : quantile(Float64Array.from(near).sort(), 0.5);
  });
  return (index) => usual[slotOf(index)] ?? Number.NaN;
}
