import { method } from "./method.ts";
import { lessThan, quantile } from "./scale.ts";

/** -log10 of the share of a reference that is as high as a value or higher; NaN of NaN. */
export type Surprise = (value: number) => number;

/**
 * How surprising a value is among those of a reference: by its rank there, and beyond the reference's 98 % point by an
 * exponential tail of the same mean excess, so that what was never seen is told apart too (Pickands, Balkema and de Haan;
 * exponential, since a shape can't be fitted to a handful of points).
 */
export function surpriseAmong(reference: Float64Array): Surprise {
  const sorted = reference.filter((value) => !Number.isNaN(value)).sort();
  const count = sorted.length;
  if (count === 0) return (value) => (Number.isNaN(value) ? Number.NaN : 0);
  const inTail = Math.min(Math.max(Math.ceil(count * (1 - method.tailFrom)), method.fewestInTail), count);
  const from = sorted[count - inTail] ?? 0;
  let excess = 0;
  for (let i = count - inTail; i < count; i++) excess += (sorted[i] ?? 0) - from;
  // Where the tail is flat, anything beyond it is beyond all that was seen.
  const mean = Math.max(excess / inTail, (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 100, 1e-9);
  const atTail = -Math.log10(inTail / (count + 1));
  return (value) => {
    if (Number.isNaN(value)) return Number.NaN;
    if (value > from) return atTail + (value - from) / mean / Math.LN10;
    return -Math.log10((count - lessThan(sorted, count, value) + 1) / (count + 1));
  };
}
