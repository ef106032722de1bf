/**
 * Average precision: the mean precision at each labelled point, points in the order of their scores, equal scores together.
 * NaN without a labelled point; a score that is NaN is the lowest.
 */
export function averagePrecision(scores: Float64Array, labels: Uint8Array): number {
  const score = (i: number) => (Number.isNaN(scores[i]) ? Number.NEGATIVE_INFINITY : (scores[i] ?? 0));
  const order = Array.from(labels.keys()).sort((a, b) => compare(score(b), score(a)));
  const positives = labels.reduce((sum, label) => sum + label, 0);
  let found = 0;
  let sum = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    const before = found;
    for (to = from; to < order.length && score(order[to] ?? 0) === score(order[from] ?? 0); to++) {
      found += labels[order[to] ?? 0] ?? 0;
    }
    sum += ((found - before) * found) / to;
  }
  return positives === 0 ? Number.NaN : sum / positives;
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
