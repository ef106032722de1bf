import { expect, test } from "vitest";
import { generatorOf } from "./generator.ts";
import { forestEngines, mlIsolationForestEngine, ownEngine, type Table } from "./index.ts";
import { withChanceOf } from "./lent-chance.ts";
import { theirPathLength } from "./ml-isolation-forest.ts";
import { averagePathLength } from "./path-length.ts";
import { aTable, withOutliers } from "./testing.ts";

const few = { trees: 20, sampleSize: 64, seed: 5 };

test("engines by name, ours first", () => {
  expect(Object.entries(forestEngines).map(([name, engine]) => [name, engine.name])).toEqual([
    ["own", "own"],
    ["ml-isolation-forest", "ml-isolation-forest"],
  ]);
});

/** Mean scores over seeds: one forest's own luck is larger than what two implementations differ by. */
function meanScores(engine: (typeof forestEngines)["own"], table: Table): Float64Array {
  const sums = new Float64Array(table.values.length / table.columns);
  for (let seed = 0; seed < 20; seed += 1) {
    engine
      .fit(table, { trees: 50, sampleSize: 128, seed })
      .score(table)
      .forEach((score, row) => {
        sums[row] = (sums[row] ?? 0) + score / 20;
      });
  }
  return sums;
}

test("both engines put rows in the same order, and score them alike", () => {
  const table = withOutliers(aTable(300, 4), [1, 20, 150, 299], 2);
  const [ours, theirs] = [meanScores(ownEngine, table), meanScores(mlIsolationForestEngine, table)];
  expect(rankCorrelation(ours, theirs)).toBeGreaterThanOrEqual(0.95);
  // Their trees are a level deeper and their leaves count too little, so only nearly alike.
  for (const [row, score] of ours.entries()) expect(Math.abs(score - (theirs[row] ?? 0))).toBeLessThan(0.05);
});

test("the same seed gives the same scores, another gives others, and Math.random is given back", () => {
  const { random } = Math;
  const table = aTable(200, 3);
  const scores = mlIsolationForestEngine.fit(table, few).score(table);
  expect(mlIsolationForestEngine.fit(table, few).score(table)).toEqual(scores);
  expect(mlIsolationForestEngine.fit(table, { ...few, seed: 6 }).score(table)).not.toEqual(scores);
  expect(Math.random).toBe(random);
  const failing = () => {
    throw new Error("within");
  };
  expect(() => withChanceOf(generatorOf(1), failing)).toThrow("within");
  expect(Math.random).toBe(random);
});

test("a missing value counts as the median of its column, one of nothing as 0", () => {
  const table = aTable(101, 2);
  const column = table.values.filter((_, i) => i % 2 === 0).sort();
  const forest = mlIsolationForestEngine.fit(table, few);
  const score = (x: number, y: number) => forest.score({ values: Float64Array.of(x, y), columns: 2 })[0];
  expect(score(Number.NaN, 0.5)).toBe(score(column[50] ?? 0, 0.5));
  const empty = { values: table.values.map((value, i) => (i % 2 === 1 ? Number.NaN : value)), columns: 2 };
  const scores = mlIsolationForestEngine.fit(empty, few).score(empty);
  expect(scores.every((s) => s > 0 && s <= 1)).toBe(true);
});

test("one row is as usual as any", () => {
  expect(mlIsolationForestEngine.fit(aTable(1, 2), few).score(aTable(3, 2))).toEqual(Float64Array.of(0.5, 0.5, 0.5));
});

test("their path length is what a lone tree of equal rows is scored by", () => {
  // Every row is equal, so every level is burnt and the row ends on the last with all others: 9 levels and what the package's c(n) adds for 256.
  const table = { values: new Float64Array(256), columns: 1 };
  const [score = 0] = mlIsolationForestEngine.fit(table, { trees: 1, sampleSize: 256, seed: 1 }).score(table);
  expect(-Math.log2(score) * averagePathLength(256)).toBeCloseTo(9 + theirPathLength(256), 10);
});

test("tables that are none, or another forest's, are refused", () => {
  const forest = mlIsolationForestEngine.fit(aTable(10, 2), few);
  expect(() => forest.score(aTable(10, 3))).toThrow("the table has 3 columns, the forest 2");
  expect(() => mlIsolationForestEngine.fit({ values: new Float64Array(0), columns: 2 }, few)).toThrow("without rows");
});

function rankCorrelation(one: Float64Array, other: Float64Array): number {
  const ranks = (values: Float64Array) => {
    const order = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
    return new Map(order.map((row, rank) => [row, rank]));
  };
  const [first, second] = [ranks(one), ranks(other)];
  const squares = [...first].reduce((sum, [row, rank]) => sum + (rank - (second.get(row) ?? 0)) ** 2, 0);
  return 1 - (6 * squares) / (one.length * (one.length ** 2 - 1));
}
