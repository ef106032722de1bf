import { lessThan } from "./scale.ts";

/**
 * The median of the `window` values before each one; NaN where there is none. What is missing is left out. Kept sorted and
 * changed by one value at a time, so that a step costs a move of part of the window.
 */
export function medianBefore(values: Float64Array, window: number): Float64Array {
  const sorted = new Float64Array(window + 1);
  let count = 0;
  return values.map((value, i) => {
    const half = count >> 1;
    const upper = sorted[half] ?? 0;
    const median = count === 0 ? Number.NaN : count % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
    const leaving = values[i - window] ?? Number.NaN;
    if (!Number.isNaN(leaving)) {
      const place = lessThan(sorted, count, leaving);
      sorted.copyWithin(place, place + 1, count);
      count -= 1;
    }
    if (!Number.isNaN(value)) {
      const place = lessThan(sorted, count, value);
      sorted.copyWithin(place + 1, place, count);
      sorted[place] = value;
      count += 1;
    }
    return median;
  });
}
