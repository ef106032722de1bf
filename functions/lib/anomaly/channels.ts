import { componentsOf } from "./components.ts";
import { features, place } from "./features.ts";
import type { ForestEngine } from "./forest/index.ts";
import { method } from "./method.ts";
import { evenly, type Material, type Sizes, sizesOf } from "./usual.ts";

/** The ways in which a point can be odd, each a number that is higher the odder it is. */
const channelNames = ["largest", "spread", "trend", "hours", "relation", "forest"] as const;

/** What was fitted to a baseline. */
export interface Channels {
  readonly sizes: Sizes;
  /** What the relations between metrics do not explain of a point's sizes. */
  readonly residual: (sizes: Float64Array) => Float64Array;
  /** The channels of some points, one array for each name; NaN where nothing is known, and all of `hours` without them. */
  measure(rows: readonly number[]): readonly Float64Array[];
}

/** Highest, mean of the three highest, and mean over metrics, of each feature and of what relations leave: what the forest sees. */
const summariesOfEach = 3;

/** Fits all channels to some points of the baseline. */
export function fitChannels(material: Material, rows: readonly number[], engine: ForestEngine, seed: number): Channels {
  const { table } = material;
  const sizes = sizesOf(material, rows);
  const residual = relationsOf(material, sizes, rows);
  const row = new Float64Array(table.width);
  const columns = (features.length + 1) * summariesOfEach;
  /** The summaries of some points; `also` is told each point's mean of the largest features, NaN where nothing is known. */
  const summarise = (points: readonly number[], also: (k: number, summary: Float64Array, largest: number) => void) => {
    const values = new Float64Array(points.length * columns);
    points.forEach((point, k) => {
      const known = sizes.write(point, row);
      const summary = values.subarray(k * columns, (k + 1) * columns);
      const largest = summariesOf(row, residual(row), table.metrics, summary);
      also(k, summary, known === 0 ? Number.NaN : largest / known);
    });
    return { values, columns };
  };
  const forest = engine.fit(
    summarise(evenly(rows, method.mostFitRows), () => {}),
    { ...method.forest, seed },
  );
  const mean = (summary: Float64Array, feature: number) => summary[feature * summariesOfEach + 2] ?? 0;
  return {
    sizes,
    residual,
    measure(points) {
      const channels = channelNames.map(() => new Float64Array(points.length).fill(Number.NaN));
      const [largest, spread, trend, hours, relation, isolation] = channels;
      const set = (channel: Float64Array | undefined, k: number, value: number) => {
        if (channel) channel[k] = value;
      };
      const summaries = summarise(points, (k, summary, ofLargest) => {
        if (Number.isNaN(ofLargest)) return;
        set(largest, k, ofLargest);
        set(spread, k, mean(summary, place.spread));
        set(trend, k, mean(summary, place.trend));
        if (material.byHours) set(hours, k, mean(summary, place.hours));
        set(relation, k, mean(summary, features.length));
      });
      forest.score(summaries).forEach((score, k) => {
        if (!Number.isNaN(largest?.[k])) set(isolation, k, score);
      });
      return channels;
    },
  };
}

/** Writes the summaries of a point; returns the mean over metrics of each one's largest feature. */
function summariesOf(sizes: Float64Array, residual: Float64Array, metrics: number, into: Float64Array): number {
  let largest = 0;
  for (let feature = 0; feature <= features.length; feature++) {
    let [first, second, third, sum] = [0, 0, 0, 0];
    for (let metric = 0; metric < metrics; metric++) {
      const value =
        feature === features.length
          ? (residual[metric] ?? 0)
          : Math.abs(sizes[metric * features.length + feature] ?? 0);
      sum += value;
      if (value > first) [third, second, first] = [second, first, value];
      else if (value > second) [third, second] = [second, value];
      else if (value > third) third = value;
    }
    const at = feature * summariesOfEach;
    into[at] = first;
    into[at + 1] = (first + second + third) / Math.min(3, metrics);
    into[at + 2] = sum / metrics;
  }
  for (let metric = 0; metric < metrics; metric++) {
    let highest = 0;
    for (let feature = 0; feature < features.length; feature++) {
      highest = Math.max(highest, Math.abs(sizes[metric * features.length + feature] ?? 0));
    }
    largest += highest / metrics;
  }
  return largest;
}

/** For each metric, the mean distance of its features from what those of all metrics lead one to expect. */
function relationsOf(material: Material, sizes: Sizes, rows: readonly number[]): (sizes: Float64Array) => Float64Array {
  const { table } = material;
  const ofEach = Math.max(1, Math.min(features.length, Math.floor(method.mostDimensions / table.metrics)));
  const width = table.metrics * ofEach;
  const row = new Float64Array(table.width);
  const picked = new Float64Array(width);
  const pick = (from: Float64Array) => {
    for (let i = 0; i < width; i++) {
      picked[i] = from[((i / ofEach) | 0) * features.length + (i % ofEach)] ?? 0;
    }
    return picked;
  };
  const sample = evenly(rows, Math.max(method.mostFitRows, method.rowsForDimension * width));
  const fitted = new Float64Array(sample.length * width);
  sample.forEach((point, k) => {
    sizes.write(point, row);
    fitted.set(pick(row), k * width);
  });
  const components = componentsOf(fitted, width);
  const left = new Float64Array(table.metrics);
  return (from) => {
    const rest = pick(from);
    components.takeAway(rest);
    left.fill(0);
    for (let i = 0; i < width; i++)
      left[(i / ofEach) | 0] = (left[(i / ofEach) | 0] ?? 0) + Math.abs(rest[i] ?? 0) / ofEach;
    return left;
  };
}
