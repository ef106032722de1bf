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
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  const centre = quantile(known, 0.5);
  if (known.length === 0) return { centre: 0, spread: leastSpread };
  let squares = 0;
  const deviations = known.map((value) => Math.abs(value - centre));
  for (const deviation of deviations) squares += deviation * deviation;
  deviations.sort();
  const spread = Math.max(
    1.4826 * quantile(deviations, 0.5),
    quantile(deviations, 0.95) / 1.96,
    Math.sqrt(squares / known.length) / 4,
    leastSpread,
  );
  return { centre, spread };
}

/** A quantile of sorted values, between its neighbours; 0 of nothing. */
export function quantile(sorted: Float64Array, share: number): number {
  const at = share * Math.max(sorted.length - 1, 0);
  const below = Math.floor(at);
  const low = sorted[below] ?? 0;
  return low + ((sorted[below + 1] ?? low) - low) * (at - below);
}
