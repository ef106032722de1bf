import { serialize } from "node:v8";
import { IsolationForest } from "ml-isolation-forest";
import { type Forest, forestEngines, ownEngine, usualForest } from "../../../functions/lib/anomaly/forest/index.ts";
import type { BenchTable, Contender } from "./contender.ts";

/** A forest, and as how many bytes it can be kept. */
type Grown = Forest & { bytes?(): number };

/** Our engine, as functions use it. */
export function own(): Contender {
  return inProcess("own", 20, 10_000, (table, seed) => {
    const forest = ownEngine.fit(table, { ...usualForest, seed });
    return { score: forest.score, bytes: () => forest.toBytes().length };
  });
}

/** The package mended: our second engine. */
export function corrected(): Contender {
  return inProcess("ml-isolation-forest corrected", 2, 2_000, (table, seed) =>
    forestEngines["ml-isolation-forest"].fit(table, { ...usualForest, seed }),
  );
}

/** The package as its README shows it: from all rows, and from chance that can't be repeated. */
export function asItIs(): Contender {
  const rowsOf = ({ values, columns }: { values: Float64Array; columns: number }) =>
    Array.from({ length: values.length / columns }, (_, row) => [
      ...values.subarray(row * columns, (row + 1) * columns),
    ]);
  return inProcess("ml-isolation-forest as it is", 1, 500, (table) => {
    const forest = new IsolationForest({ nEstimators: usualForest.trees });
    forest.train(rowsOf(table));
    return {
      score: (judged) => Float64Array.from(forest.predict(rowsOf(judged))),
      // It has no format of its own: this is what its objects are as Node copies them, the table within.
      bytes: () => serialize(forest).length,
    };
  });
}

function inProcess(
  name: string,
  repeats: number,
  speedRows: number,
  grow: (table: BenchTable, seed: number) => Grown,
): Contender {
  let table: BenchTable = { values: new Float64Array(0), rows: 0, columns: 1 };
  let forest: Grown = { score: () => new Float64Array(0) };
  const first = (rows: number) => ({
    values: table.values.subarray(0, rows * table.columns),
    columns: table.columns,
  });
  return {
    name,
    repeats,
    speedRows,
    use: async (next) => {
      table = next;
    },
    fit: async (seed) => {
      const began = performance.now();
      forest = grow(table, seed);
      return performance.now() - began;
    },
    score: async (rows) => {
      const began = performance.now();
      const scores = forest.score(first(rows));
      return { scores, ms: performance.now() - began };
    },
    scoreOne: async () => {
      // One is too short for the clock.
      const [one, times] = [first(1), 20];
      const began = performance.now();
      for (let i = 0; i < times; i += 1) forest.score(one);
      return (performance.now() - began) / times;
    },
    bytes: async () => forest.bytes?.(),
    close: async () => {},
  };
}
