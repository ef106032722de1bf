import { IsolationForest } from "ml-isolation-forest";
import { drawsOf } from "./draw.ts";
import { checkOptions, type Forest, type ForestEngine, type ForestOptions } from "./forest.ts";
import { generatorOf } from "./generator.ts";
import { withChanceOf } from "./lent-chance.ts";
import { scoreOf } from "./path-length.ts";
import { checkColumns, rowsOf, seen, type Table } from "./table.ts";

/**
 * The npm package ml-isolation-forest, mended from outside: each tree is a forest of its own, on a sample that is drawn here (the package
 * grows every tree from the whole table), by our chance (it has none that can be repeated); its path length is taken back out of its
 * score, and scored by the right c(n) (the package halves Euler's constant).
 *
 * What stays: trees are one level deeper than the paper's, a leaf of more than two rows counts .58 too little, a constant column
 * costs a level, and no forest can be kept. It can't do without a value, so a missing one is the median of its column in the table
 * that was fitted, and 0 where all are missing.
 */
export const mlIsolationForestEngine: ForestEngine = {
  name: "ml-isolation-forest",
  fit(table: Table, options: ForestOptions): Forest {
    checkOptions(options);
    const count = rowsOf(table);
    if (count === 0) throw new RangeError("a forest can't be grown from a table without rows");
    const size = Math.min(options.sampleSize, count);
    const generator = generatorOf(options.seed);
    const medians = mediansOf(table);
    const rows = wholeRows(table, medians);
    const draw = drawsOf(count, size, generator);
    const trees = Array.from({ length: options.trees }, () => {
      const tree = new IsolationForest({ nEstimators: 1 });
      const sample = Array.from(draw(), (row) => rows[row] ?? []);
      withChanceOf(generator, () => tree.train(sample));
      return tree;
    });
    return {
      score(judged) {
        checkColumns(judged, table.columns);
        const sums = new Float64Array(rowsOf(judged));
        const whole = wholeRows(judged, medians);
        for (const tree of trees) {
          tree.predict(whole).forEach((score, row) => {
            sums[row] = (sums[row] ?? 0) - Math.log2(score) * theirPathLength(size);
          });
        }
        return sums.map((sum) => scoreOf(sum / trees.length, size));
      },
    };
  },
};

/** The package's c(n), with its mistake: what its scores are relative to. */
export function theirPathLength(n: number): number {
  if (n < 2) return 0;
  return n === 2 ? 1 : 2 * Math.log(n - 1) + 0.57721 - (2 * (n - 1)) / n;
}

function mediansOf(table: Table): number[] {
  const { values, columns } = table;
  return Array.from({ length: columns }, (_, column) => {
    const all = Float64Array.from({ length: rowsOf(table) }, (_, row) => seen(values[row * columns + column] ?? 0));
    const known = all.filter((value) => !Number.isNaN(value)).sort();
    const middle = known.length >> 1;
    const upper = known[middle] ?? 0;
    return known.length % 2 === 1 ? upper : ((known[middle - 1] ?? 0) + upper) / 2;
  });
}

function wholeRows({ values, columns }: Table, medians: readonly number[]): number[][] {
  return Array.from({ length: values.length / columns }, (_, row) =>
    medians.map((median, column) => {
      const value = seen(values[row * columns + column] ?? Number.NaN);
      return Number.isNaN(value) ? median : value;
    }),
  );
}
