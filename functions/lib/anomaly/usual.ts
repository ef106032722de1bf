import { type FeatureTable, features, place } from "./features.ts";
import { type Hours, hoursOf } from "./hours.ts";
import { method } from "./method.ts";
import { type Usual, usualOf } from "./scale.ts";

/** One metric on its own scale. */
export interface Scaled {
  readonly values: Float64Array;
  readonly leastSpread: number;
}

/** What is known of a workload's metrics before anything is fitted. */
export interface Material {
  readonly metrics: readonly Scaled[];
  readonly table: FeatureTable;
  readonly startSeconds: number;
  readonly stepSeconds: number;
  /** Whether hours of the day are compared. */
  readonly byHours: boolean;
}

/** Each feature of a point as robust standard deviations from what is usual. */
export interface Sizes {
  readonly usual: readonly Usual[];
  readonly hours: readonly Hours[];
  /** Writes the sizes of a point into `into`: 0 where nothing is known, which is not odd. Returns the share of metrics known. */
  write(index: number, into: Float64Array): number;
}

/** What rounding makes of a metric that never moves is not odd, though a rank would tell it apart. */
const roundingSize = 1e-6;

/** What is usual of each feature over the given points. */
export function sizesOf(material: Material, rows: readonly number[]): Sizes {
  const { table, metrics, startSeconds, stepSeconds, byHours } = material;
  const hours = byHours ? metrics.map(({ values }) => hoursOf(values, rows, startSeconds, stepSeconds)) : [];
  const raw = (index: number, column: number): number => {
    const value = table.values[index * table.width + column] ?? Number.NaN;
    if (column % features.length !== place.hours) return value;
    return value - (hours[(column / features.length) | 0]?.(index) ?? Number.NaN);
  };
  const sample = evenly(rows, method.mostFitRows);
  const values = new Float64Array(sample.length);
  const usual = Array.from({ length: table.width }, (_, column): Usual => {
    const { leastSpread = 0 } = metrics[(column / features.length) | 0] ?? {};
    if (!byHours && column % features.length === place.hours) return { centre: 0, spread: leastSpread };
    for (let k = 0; k < sample.length; k++) values[k] = raw(sample[k] ?? 0, column);
    return usualOf(values, leastSpread);
  });
  const centres = Float64Array.from(usual, ({ centre }) => centre);
  const spreads = Float64Array.from(usual, ({ spread }) => spread);
  return {
    usual,
    hours,
    write(index, into) {
      let known = 0;
      for (let column = 0; column < table.width; column++) {
        const value = raw(index, column);
        const isKnown = !Number.isNaN(value);
        if (isKnown && column % features.length === place.level) known += 1;
        const size = isKnown ? (value - (centres[column] ?? 0)) / (spreads[column] ?? 1) : 0;
        const clipped = Math.max(-method.clip, Math.min(method.clip, size));
        into[column] = Math.abs(clipped) < roundingSize ? 0 : clipped;
      }
      return known / metrics.length;
    },
  };
}

/** At most so many of some rows, evenly spread. */
export function evenly(rows: readonly number[], most: number): readonly number[] {
  if (rows.length <= most) return rows;
  return Array.from({ length: most }, (_, k) => rows[Math.floor((k * rows.length) / most)] ?? 0);
}
