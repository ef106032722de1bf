import type { MetricKind } from "./question.ts";

/**
 * Values on a scale on which the same distance is about as odd everywhere: latencies, rates and bytes vary by factors, ratios
 * near nothing by little. What is no finite number is missing, and so is what is too large to reckon with.
 */
export function transformed(values: Float64Array, kind: MetricKind): Float64Array {
  const change = changeOf(kind);
  return values.map((value) => {
    const changed = change(value);
    return Math.abs(changed) <= largestChanged ? changed : Number.NaN;
  });
}

/** On the changed scale: beyond it features, in 32 bits, would be infinite before long. */
const largestChanged = 1e30;

function changeOf(kind: MetricKind): (value: number) => number {
  switch (kind) {
    case "bytes":
    case "rate":
    case "count":
      return (value) => Math.sign(value) * Math.log1p(Math.abs(value));
    case "seconds":
      // In milliseconds: log1p of seconds would be the value itself.
      return (value) => Math.sign(value) * Math.log1p(Math.abs(value) * 1000);
    case "ratio":
      return (value) => Math.sign(value) * Math.sqrt(Math.abs(value));
    case "value":
      return (value) => value;
  }
}

/**
 * The least standard deviation, on the changed scale, that is taken for one: a metric that hardly ever moved must not make
 * every small move an anomaly. One per cent of what varies by factors, a percentage point where a ratio is near nothing
 * (a square root of .1 is one per cent), and a hundredth of the largest of other values.
 */
export function leastSpread(kind: MetricKind, largest: number): number {
  switch (kind) {
    case "bytes":
    case "rate":
    case "count":
    case "seconds":
      return 0.01;
    case "ratio":
      return 0.02;
    case "value":
      return largest > 0 ? largest / 100 : Number.MIN_VALUE;
  }
}
