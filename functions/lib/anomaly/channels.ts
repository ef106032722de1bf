import { componentsOf } from "./components.ts";
import { features, place } from "./features.ts";
import type { Forest, ForestEngine } from "./forest/index.ts";
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
  const summarise = (points: readonly number[], means: (k: number, summary: Float64Array, known: number) => void) => {
    const values = new Float64Array(points.length * columns);
    points.forEach((point, k) => {
      const known = sizes.write(point, row);
      const summary = values.subarray(k * columns, (k + 1) * columns);
      const largest = summariesOf(row, residual(row), table.metrics, summary);
      means(k, summary, known === 0 ? Number.NaN : largest / known);
    });
    return { values, columns };
  };
  const sample = evenly(rows, method.mostFitRows);
  const forest: Forest = engine.fit(
    summarise(sample, () => {}),
    { ...method.forest, seed },
  );
  return {
    sizes,
    residual,
    measure(points) {
      const channels = channelNames.map(() => new Float64Array(points.length));
      const mean = (feature: number, summary: Float64Array) => summary[feature * summariesOfEach + 2] ?? 0;
      const table = summarise(points, (k, summary, largest) => {
        const known = largest - largest;
        const point = [
          largest,
          mean(place.spread, summary) + known,
          mean(place.trend, summary) + known,
          material.byHours ? mean(place.hours, summary) + known : Number.NaN,
          mean(features.length, summary) + known,
        ];
        point.forEach((value, channel) => {
          const values = channels[channel];
          if (values) values[k] = value;
        });
      });
      channels[channelNames.length - 1] = forest
        .score(table)
        .map((score, k) => (Number.isNaN(channels[0]?.[k]) ? Number.NaN : score));
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
