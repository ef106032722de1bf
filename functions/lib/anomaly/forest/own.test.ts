import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { forestFromBytes, ownEngine, type Table, usualForest } from "./index.ts";
import { aTable, withOutliers } from "./testing.ts";

const options = { ...usualForest, seed: 1 };
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);
const repeat = (row: readonly number[], rows: number): Table => ({
  values: Float64Array.from({ length: rows * row.length }, (_, i) => row[i % row.length] ?? 0),
  columns: row.length,
});

/**
 * The digests hold on every machine: chance is integer arithmetic, cuts are IEEE additions, multiplications and comparisons, and path
 * lengths, sums of 1/i, are no part of the bytes. Only a score needs more (2 ** x, where V8's last bit may differ between
 * processors), so scores are rounded before they are digested.
 */
test.each<[sentence: string, table: Table, seed: number, bytes: string, scores: string]>([
  ["a table", aTable(1000, 8), 1, "fa20bb3222d12d7b", "529a09a24d24da51"],
  ["another seed", aTable(1000, 8), 2, "703904771deea0c6", "b57628ecaeca78b7"],
  ["fewer rows than a sample", aTable(100, 3), 1, "e33905296177d9db", "41f8cd85b9371081"],
  ["values missing", missingSome(aTable(1000, 8)), 1, "4bd672ffe0298003", "fd9b7787c239b005"],
])("golden digests: %s", (_, table, seed, bytes, scores) => {
  const forest = ownEngine.fit(table, { ...options, seed });
  expect(sha256(forest.toBytes())).toBe(bytes);
  const rounded = Int32Array.from(forest.score(table), (score) => Math.round(score * 2 ** 20));
  expect(sha256(new Uint8Array(rounded.buffer))).toBe(scores);
});

test("what is far from the rest scores highest, and far above what is usual", () => {
  const table = withOutliers(aTable(1000, 4), [17, 404], 5);
  const scores = ownEngine.fit(table, options).score(table);
  const order = [...scores.keys()].sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0));
  expect(order.slice(0, 2).sort()).toEqual([17, 404]);
  expect(scores[17]).toBeGreaterThan(0.7);
  expect(median(scores)).toBeLessThan(0.5);
});

test("a row scores the same alone, among others, and after the forest was kept", () => {
  const table = missingSome(aTable(1027, 5));
  const forest = ownEngine.fit(table, options);
  const scores = forest.score(table);
  const kept = forestFromBytes(forest.toBytes());
  expect(kept.score(table)).toEqual(scores);
  expect(kept.toBytes()).toEqual(forest.toBytes());
  for (const row of [0, 1, 255, 256, 1026]) {
    const alone = { values: table.values.slice(row * 5, row * 5 + 5), columns: 5 };
    expect(forest.score(alone)).toEqual(scores.slice(row, row + 1));
  }
});

test("a model of 100 trees is small", () => {
  expect(ownEngine.fit(aTable(10_000, 8), options).toBytes().length).toBeLessThan(160_000);
});

test("constant and missing columns cost no level: the others are cut as if these were not there", () => {
  const { values } = withOutliers(aTable(500, 1), [3], 4);
  const wide = { values: Float64Array.from({ length: 500 * 20 }, (_, i) => wideValue(i, values)), columns: 20 };
  const scores = ownEngine.fit(wide, options).score(wide);
  expect(scores[3]).toBe(Math.max(...scores));
  expect(scores[3]).toBeGreaterThan(0.75);
  // Missing all along, it tells nothing of a row that has it.
  const has = { values: wide.values.map((value, i) => (i % 20 === 5 ? 1e9 : value)), columns: 20 };
  expect(ownEngine.fit(wide, options).score(has)).toEqual(scores);
});

/** Column 0 varies, column 5 is missing, the others are constant. */
function wideValue(i: number, varying: Float64Array): number {
  if (i % 20 === 0) return varying[i / 20] ?? 0;
  return i % 20 === 5 ? Number.NaN : i % 20;
}

test.each<[sentence: string, table: Table]>([
  ["one row", repeat([1, 2, 3], 1)],
  ["the same row again and again", repeat([1, 2, 3], 300)],
  ["nothing known", repeat([Number.NaN, Number.NaN], 300)],
])("where nothing can be told, all is usual: %s", (_, table) => {
  const forest = ownEngine.fit(table, options);
  for (const score of forest.score(table)) expect(score).toBeCloseTo(0.5, 7);
  expect(forest.score({ ...table, values: table.values.map(() => 1e12) })).toEqual(forest.score(table));
});

test("a table without rows has no scores, and grows no forest", () => {
  const none = { values: new Float64Array(0), columns: 3 };
  expect(ownEngine.fit(aTable(10, 3), options).score(none)).toEqual(new Float64Array(0));
  expect(() => ownEngine.fit(none, options)).toThrow("without rows");
});

test("a missing value is worth something between what the values there are worth", () => {
  const table = aTable(600, 2);
  const forest = ownEngine.fit(table, options);
  const across = Array.from({ length: 200 }, (_, i) => -4 + i / 25);
  const known = forest.score({ values: Float64Array.from(across.flatMap((x) => [0.1, x])), columns: 2 });
  const [missing = 0] = forest.score({ values: Float64Array.of(0.1, Number.NaN), columns: 2 });
  expect(missing).toBeGreaterThan(Math.min(...known));
  expect(missing).toBeLessThan(Math.max(...known));
});

test("infinity is the largest value that there is, not an end of everything", () => {
  const table = aTable(300, 2);
  table.values.set([Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY, 0, 1e300, 0]);
  const scores = ownEngine.fit(table, { ...options, sampleSize: 256 }).score(table);
  for (const row of [0, 1, 2]) expect(scores[row]).toBeGreaterThan(0.6);
  expect(scores.every((score) => score > 0 && score <= 1)).toBe(true);
});

test("whatever the numbers, there is a score from 0 to 1 for each row, the same again", () => {
  const value = fc.oneof(fc.double(), fc.constantFrom(0, -0, 1, Number.NaN));
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 40 }), fc.nat(), (rows, seed) => {
      const table = { values: Float64Array.from(rows.flat()), columns: 2 };
      const scores = ownEngine.fit(table, { trees: 10, sampleSize: 16, seed }).score(table);
      expect(scores).toHaveLength(rows.length);
      expect(scores.every((score) => score > 0 && score <= 1)).toBe(true);
      expect(ownEngine.fit(table, { trees: 10, sampleSize: 16, seed }).score(table)).toEqual(scores);
    }),
    { numRuns: 200 },
  );
});

test.each<[sentence: string, change: object, says: string]>([
  ["no trees", { trees: 0 }, "trees is 0; allowed: a whole number from 1 to 1000"],
  [
    "a sample that trees are too shallow for",
    { sampleSize: 257 },
    "sampleSize is 257; allowed: a whole number from 1 to 256",
  ],
  ["a seed that is no integer", { seed: 0.5 }, "seed is 0.5; allowed: a whole number from 0 to 4294967295"],
])("%s is refused", (_, change, says) => {
  expect(() => ownEngine.fit(aTable(10, 2), { ...options, ...change })).toThrow(says);
});

test("tables that are none, or another forest's, are refused", () => {
  const forest = ownEngine.fit(aTable(10, 2), options);
  expect(() => forest.score(aTable(10, 3))).toThrow("the table has 3 columns, the forest 2");
  expect(() => forest.score({ values: new Float64Array(3), columns: 2 })).toThrow("3 values do not fill rows of 2");
  expect(() => ownEngine.fit({ values: new Float64Array(0), columns: 0 }, options)).toThrow("columns is 0");
});

function missingSome({ values, columns }: Table): Table {
  return { values: values.map((value, i) => (i % 11 === 0 ? Number.NaN : value)), columns };
}

function median(values: Float64Array): number | undefined {
  return values.toSorted()[values.length >> 1];
}
