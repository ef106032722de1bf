/** How well scores put what was wrong before what was not. */

/** Ranks from 1 in ascending order; equal values share the mean of their ranks, so that no order of rows is luck. */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const found = new Float64Array(values.length);
  for (let from = 0, to = 0; from < order.length; from = to) {
    const value = values[order[from] ?? 0];
    for (to = from + 1; to < order.length && values[order[to] ?? 0] === value; ) to += 1;
    for (let i = from; i < to; i += 1) found[order[i] ?? 0] = (from + 1 + to) / 2;
  }
  return found;
}

/**
 * The area under the ROC curve: the chance that a row labelled 1 scores above one labelled 0, ties counting half (the
 * statistic of Mann and Whitney). Undefined where all labels are equal. Scores are numbers, not NaN.
 */
export function rocAuc(scores: ArrayLike<number>, labels: ArrayLike<number>): number | undefined {
  if (scores.length !== labels.length) throw new RangeError(`${scores.length} scores for ${labels.length} labels`);
  let positives = 0;
  let sum = 0;
  ranks(scores).forEach((rank, i) => {
    if (labels[i] !== 1) return;
    positives += 1;
    sum += rank;
  });
  const negatives = scores.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  return (sum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
