import fc from "fast-check";
import { expect, test } from "vitest";
import { ranks, rocAuc } from "./ranking.ts";

test.each<[values: number[], expected: number[]]>([
  [[], []],
  [[5], [1]],
  [
    [30, 10, 20],
    [3, 1, 2],
  ],
  [
    [7, 7, 7],
    [2, 2, 2],
  ],
  [
    [1, 3, 3, 9],
    [1, 2.5, 2.5, 4],
  ],
])("ranks of %j are %j", (values, expected) => {
  expect([...ranks(values)]).toEqual(expected);
});

test.each<[sentence: string, scores: number[], labels: number[], area: number | undefined]>([
  ["all wrong rows first", [0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0], 1],
  ["all wrong rows last", [0.1, 0.2, 0.8, 0.9], [1, 1, 0, 0], 0],
  ["one of four pairs in the wrong order", [0.9, 0.3, 0.5, 0.1], [1, 1, 0, 0], 0.75],
  ["equal scores tell nothing", [0.5, 0.5, 0.5], [1, 0, 0], 0.5],
  ["a tie counts half", [0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0], 0.875],
  ["nothing was wrong", [0.1, 0.2], [0, 0], undefined],
  ["all was wrong", [0.1, 0.2], [1, 1], undefined],
])("the area under the curve: %s", (_, scores, labels, area) => {
  expect(rocAuc(scores, labels)).toBe(area);
});

test("it is the share of pairs in the right order, whatever the rows", () => {
  const row = fc.record({ score: fc.integer({ min: 0, max: 5 }), label: fc.constantFrom(0, 1) });
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const pairs = rows.flatMap((a) => rows.flatMap((b) => (a.label === 1 && b.label === 0 ? [[a, b] as const] : [])));
      const right = pairs.map(([a, b]) => (a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0));
      const area = rocAuc(
        rows.map(({ score }) => score),
        rows.map(({ label }) => label),
      );
      if (pairs.length === 0) expect(area).toBeUndefined();
      else expect(area).toBeCloseTo(right.reduce<number>((sum, one) => sum + one, 0) / pairs.length, 12);
    }),
  );
});

test("scores for other rows are refused", () => {
  expect(() => rocAuc([1], [0, 1])).toThrow("1 scores for 2 labels");
});
