/** First and last index of each event: a run of ones in the labels. */
export function eventsOf(labels: Uint8Array): [first: number, last: number][] {
  const events: [number, number][] = [];
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === 0) continue;
    const first = i;
    while (labels[i + 1] === 1) i++;
    events.push([first, i]);
  }
  return events;
}

/** The thresholds of the reference: so many ranks, evenly from the highest score to the lowest. */
const thresholds = 250;

/**
 * VUS-PR, the volume under the precision-recall surface, of Paparrizos et al. (PVLDB 15, 2022) in [0,1], NaN without an
 * event. Labels get slopes of 0 to `window` points about each event, and the area under each precision-recall curve is
 * averaged. As RangeAUC_volume_opt of the authors' package `vus` 0.0.6 does it, whose outputs are the golden values of
 * the test, but in one pass over the points for each window. A score that is NaN is the lowest.
 */
export function volumeUnderPrecisionRecall(scores: Float64Array, labels: Uint8Array, window: number): number {
  const events = eventsOf(labels);
  if (events.length === 0) return Number.NaN;
  const { bucket, predicted } = bucketsOf(scores);
  let sum = 0;
  for (let width = 0; width <= window; width++) sum += areaAt(width, window, labels, events, bucket, predicted);
  return sum / (window + 1);
}

/** For each point the first threshold at which it is predicted, and for each threshold how many points are. */
function bucketsOf(scores: Float64Array): { bucket: Uint16Array; predicted: Float64Array } {
  const finite = scores.map((score) => (Number.isNaN(score) ? Number.NEGATIVE_INFINITY : score));
  const sorted = finite.slice().sort().reverse();
  const levels = Array.from({ length: thresholds }, (_, k) => {
    const rank = Math.floor((k * (scores.length - 1)) / (thresholds - 1));
    return sorted[rank] ?? Number.NEGATIVE_INFINITY;
  });
  const bucket = new Uint16Array(scores.length);
  const predicted = new Float64Array(thresholds);
  finite.forEach((score, i) => {
    let low = 0;
    let high = thresholds - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (score >= (levels[middle] ?? 0)) high = middle;
      else low = middle + 1;
    }
    bucket[i] = low;
    predicted[low] = (predicted[low] ?? 0) + 1;
  });
  return { bucket, predicted: cumulated(predicted) };
}

function cumulated(counts: Float64Array): Float64Array {
  let sum = 0;
  return counts.map((count) => {
    sum += count;
    return sum;
  });
}

function areaAt(
  width: number,
  widest: number,
  labels: Uint8Array,
  events: readonly [number, number][],
  bucket: Uint16Array,
  predicted: Float64Array,
): number {
  const slopes = withSlopes(labels, events, width);
  const positives = events.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  // What is true and predicted, and what the slopes add to the positives, both by the threshold that predicts it first.
  const hits = new Float64Array(thresholds);
  const added = new Float64Array(thresholds);
  for (const [first, last] of segmentsOf(labels.length, events, widest)) {
    for (let i = Math.max(first, 0); i <= Math.min(last, labels.length - 1); i++) {
      const slope = slopes[i] ?? 0;
      const k = bucket[i] ?? 0;
      hits[k] = (hits[k] ?? 0) + slope;
      if (labels[i] === 0) added[k] = (added[k] ?? 0) + slope;
    }
  }
  const found = new Float64Array(thresholds);
  const segments = segmentsOf(labels.length, events, width);
  for (const [first, last] of segments) {
    let earliest = thresholds - 1;
    for (let i = Math.max(first, 0); i <= Math.min(last, labels.length - 1); i++) {
      earliest = Math.min(earliest, bucket[i] ?? earliest);
    }
    found[earliest] = (found[earliest] ?? 0) + 1;
  }
  const [trueOnes, slopesSeen, segmentsSeen] = [cumulated(hits), cumulated(added), cumulated(found)];
  let area = 0;
  let before = 0;
  for (let k = 0; k < thresholds; k++) {
    const all = (positives + positives + (slopesSeen[k] ?? 0)) / 2;
    const recall = Math.min((trueOnes[k] ?? 0) / all, 1) * ((segmentsSeen[k] ?? 0) / segments.length);
    area += (recall - before) * ((trueOnes[k] ?? 0) / (predicted[k] ?? 1));
    before = recall;
  }
  return area;
}

/** The labels with a slope of half the width, falling as a square root, on both sides of each event. */
function withSlopes(labels: Uint8Array, events: readonly [number, number][], width: number): Float64Array {
  const slopes = Float64Array.from(labels);
  const half = width >> 1;
  const raise = (i: number, distance: number) => {
    if (i >= 0 && i < slopes.length) slopes[i] = (slopes[i] ?? 0) + Math.sqrt(1 - distance / width);
  };
  for (const [first, last] of events) {
    for (let distance = 1; distance <= half; distance++) {
      raise(last + distance, distance);
      raise(first - distance, distance);
    }
  }
  return slopes.map((slope) => Math.min(slope, 1));
}

/** Events with half a width on both sides, those that touch as one. */
function segmentsOf(length: number, events: readonly [number, number][], width: number): [number, number][] {
  const half = width >> 1;
  const segments: [number, number][] = [];
  for (const [first, last] of events) {
    const previous = segments.at(-1);
    if (previous && previous[1] >= first - half) previous[1] = last + half;
    else segments.push([Math.max(first - half, 0), last + half]);
  }
  const end = segments.at(-1);
  if (end) end[1] = Math.min(end[1], length - 1);
  return segments;
}
