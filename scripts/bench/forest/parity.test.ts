import { expect, test } from "vitest";
import { meanOf, type TableAccuracy } from "./accuracy.ts";
import { type Parity, parityOf } from "./parity.ts";

const at = (table: string, own: number, other: number, standardError = 0.001): TableAccuracy => ({
  table,
  rocAuc: { own: { mean: own, standardError }, other: { mean: other, standardError } },
});

test.each<[sentence: string, tables: TableAccuracy[], verdict: Parity["verdict"], apart: string[]]>([
  ["alike", [at("a", 0.8, 0.8)], "AtPar", []],
  ["a bit lower", [at("a", 0.8, 0.801)], "AtPar", []],
  ["the mean too low", [at("a", 0.8, 0.803)], "MeanTooLow", []],
  ["better in one, worse in the other", [at("a", 0.8, 0.805), at("b", 0.8, 0.795)], "AtPar", []],
  ["too far apart, though the mean is right", [at("a", 0.8, 0.82), at("b", 0.82, 0.8)], "TablesApart", ["a", "b"]],
  ["as far apart by luck", [at("a", 0.8, 0.82, 0.01), at("b", 0.82, 0.8, 0.01)], "AtPar", []],
  ["better is apart too", [at("a", 0.82, 0.8)], "TablesApart", ["a"]],
])("parity: %s", (_, tables, verdict, apart) => {
  const found = parityOf(tables, "own", "other");
  expect(found.verdict).toBe(verdict);
  expect(found.tablesApart.map(({ table }) => table)).toEqual(apart);
});

test("the standard error is that of the mean", () => {
  const { mean, standardError } = meanOf([1, 2, 3, 4]);
  expect(mean).toBe(2.5);
  expect(standardError).toBeCloseTo(Math.sqrt(5 / 3) / 2, 12);
});
