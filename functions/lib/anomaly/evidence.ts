import { inPoints } from "./features.ts";
import { method } from "./method.ts";
import { type Surprise, surpriseAmong } from "./tail.ts";

/** How surprising points are, all channels together: -log10 p, honest as far as the reference is. */
export type Calibration = (channels: readonly Float64Array[]) => Float64Array;

/**
 * Calibrates on channels of points that nothing was fitted to. Each channel becomes a surprise there, capped; their mean is
 * gathered over the last hour, and ranked again: a mean is no p, but its rank is.
 */
export function calibrate(reference: readonly Float64Array[], stepSeconds: number): Calibration {
  const surprises = reference.map(surpriseAmong);
  const final = surpriseAmong(gathered(together(reference, surprises), stepSeconds));
  return (channels) => gathered(together(channels, surprises), stepSeconds).map(final);
}

/** The mean of the surprises of the channels that are known; NaN where none is. */
function together(channels: readonly Float64Array[], surprises: readonly Surprise[]): Float64Array {
  return Float64Array.from({ length: channels[0]?.length ?? 0 }, (_, i) => {
    let sum = 0;
    let known = 0;
    channels.forEach((channel, c) => {
      const surprise = surprises[c]?.(channel[i] ?? Number.NaN) ?? Number.NaN;
      if (Number.isNaN(surprise)) return;
      sum += Math.min(surprise, method.cap);
      known += 1;
    });
    return known === 0 ? Number.NaN : sum / known;
  });
}

/** Each value, or what the last hour makes of it, whichever is more: what lasts counts like what stands out at once. */
function gathered(values: Float64Array, stepSeconds: number): Float64Array {
  const hour = meanOfLast(values, inPoints(method.hourSeconds, stepSeconds, method.fewestInHour, method.mostInHour));
  return values.map((value, i) => Math.max(value, method.lasting * (hour[i] ?? Number.NaN)));
}

/** The mean of the last `window` values that are known. Summed anew for each: a running sum would depend on where it began. */
function meanOfLast(values: Float64Array, window: number): Float64Array {
  return values.map((_, i) => {
    let sum = 0;
    let known = 0;
    for (let j = Math.max(0, i - window + 1); j <= i; j++) {
      const value = values[j] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      sum += value;
      known += 1;
    }
    return known === 0 ? Number.NaN : sum / known;
  });
}
