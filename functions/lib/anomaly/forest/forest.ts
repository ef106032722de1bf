import type { Table } from "./table.ts";

/** How a forest is grown; the same options and table give the same forest. */
export interface ForestOptions {
  /** How many trees, from 1 to 1000; 100 in the paper. */
  readonly trees: number;
  /** How many rows each tree is grown from, from 1 to 256; all rows when there are fewer. */
  readonly sampleSize: number;
  /** From 0 to 2^32 - 1: the only source of chance. `seedOf` makes one of a text. */
  readonly seed: number;
}

/** Trees that were grown from a table, and judge others with the same columns. */
export interface Forest {
  /** For each row how anomalous it is, from 0 to 1: .5 is usual, towards 1 it is isolated by few cuts. */
  score(table: Table): Float64Array;
}

/** One implementation of the Isolation Forest. */
export interface ForestEngine {
  readonly name: "own" | "ml-isolation-forest";
  /** Grows a forest. Throws RangeError when the table has no rows, or an option is out of its bounds. */
  fit(table: Table, options: ForestOptions): Forest;
}

/** The paper's own choice (its section 5.2), and what every figure in the README is measured with, but for the seed. */
export const usualForest = { trees: 100, sampleSize: 256 } as const;

/** The bounds of options. */
export const mostTrees = 1000;
export const mostSamples = 256;

/** Throws RangeError naming the option, what it was and what is allowed. */
export function checkOptions({ trees, sampleSize, seed }: ForestOptions): void {
  within("trees", trees, 1, mostTrees);
  within("sampleSize", sampleSize, 1, mostSamples);
  within("seed", seed, 0, 2 ** 32 - 1);
}

function within(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name} is ${value}; allowed: a whole number from ${least} to ${most}`);
}
