/** What is usual of one feature: where its middle is, and how far it goes from there. */
export interface Usual {
  readonly centre: number;
  /** One robust standard deviation. */
  readonly spread: number;
}

/**
 * The usual of some values; what is missing is left out. The spread is 1.4826 times the median deviation, and no less than
 * what 95 % of the deviations, or a quarter of the standard deviation, make of it: a metric that is mostly at rest and bursts
 * now and then has a median deviation of about nothing. 1.96 is the normal distribution's 95 % point, 1.4826 its median's.
 */
export function usualOf(values: Float64Array, leastSpread: number): Usual {
  // Typed arrays sort what is no number to the end.
  const sorted = values.slice().sort();
  let count = sorted.length;
  while (count > 0 && Number.isNaN(sorted[count - 1])) count -= 1;
  const known = sorted.subarray(0, count);
  const centre = quantile(known, 0.5);
  if (known.length === 0) return { centre: 0, spread: leastSpread };
  const deviations = deviationsOf(known, centre);
  let squares = 0;
  for (let i = 0; i < deviations.length; i++) squares += (deviations[i] ?? 0) * (deviations[i] ?? 0);
  const spread = Math.max(
    1.4826 * quantile(deviations, 0.5),
    quantile(deviations, 0.95) / 1.96,
    Math.sqrt(squares / known.length) / 4,
    leastSpread,
  );
  return { centre, spread };
}

/** The distances of sorted values from their centre, sorted: of both sides the nearer one is next. */
function deviationsOf(sorted: Float64Array, centre: number): Float64Array {
  let above = 0;
  while (above < sorted.length && (sorted[above] ?? 0) < centre) above += 1;
  let below = above - 1;
  const deviations = new Float64Array(sorted.length);
  for (let k = 0; k < sorted.length; k++) {
    const up = (sorted[above] ?? Number.POSITIVE_INFINITY) - centre;
    const down = centre - (sorted[below] ?? Number.NEGATIVE_INFINITY);
    deviations[k] = Math.min(up, down);
    if (up < down) above += 1;
    else below -= 1;
  }
  return deviations;
}

/** How many of the first `count` sorted values are less than this one. */
export function lessThan(sorted: Float64Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A quantile of sorted values, between its neighbours; 0 of nothing. */
export function quantile(sorted: Float64Array, share: number): number {
  const at = share * Math.max(sorted.length - 1, 0);
  const below = Math.floor(at);
  const low = sorted[below] ?? 0;
  return low + ((sorted[below + 1] ?? low) - low) * (at - below);
}
