import { generatorOf, type Table } from "./index.ts";

/** A table whose columns vary around 0, the same for the same seed; its values are sums of integers, so the same everywhere. */
export function aTable(rows: number, columns: number, seed = 1): Table {
  const generator = generatorOf(seed);
  const bell = () => (generator.below(1000) + generator.below(1000) + generator.below(1000) - 1498) / 500;
  return { values: new Float64Array(rows * columns).map(bell), columns };
}

/** The same table with some rows moved away from the others, by so much in each column. */
export function withOutliers({ values, columns }: Table, rows: readonly number[], by: number): Table {
  return { values: values.map((value, i) => value + (rows.includes(Math.floor(i / columns)) ? by : 0)), columns };
}
