import { markdownTable } from "../markdown.ts";
import { rocAuc } from "../ranking.ts";
import type { LabelledTable } from "../series-folder.ts";
import type { Contender } from "./contender.ts";

/** The mean over seeds, and its standard error. */
export interface Mean {
  readonly mean: number;
  readonly standardError: number;
}

/** The area under the ROC curve on one table, by contender. */
export interface TableAccuracy {
  readonly table: string;
  readonly rocAuc: Readonly<Record<string, Mean>>;
}

/** A table that is read when its turn comes. */
export interface NamedTable {
  readonly name: string;
  load(): LabelledTable;
}

/** Scores each table by forests of many seeds: one forest's luck is .02 to .04, so single ones say nothing. */
export async function benchAccuracy(
  all: readonly Contender[],
  tables: readonly NamedTable[],
  seeds: number,
  say: (text: string) => void,
): Promise<TableAccuracy[]> {
  const found: TableAccuracy[] = [];
  for (const { name, load } of tables) {
    const { rows: table, labels } = load();
    const entries: [string, Mean][] = [];
    for (const contender of all) {
      say(`accuracy: ${name} by ${contender.name}, ${seeds} seeds`);
      await contender.use(table);
      const areas: number[] = [];
      for (let seed = 0; seed < seeds; seed += 1) {
        await contender.fit(seed);
        const area = rocAuc((await contender.score(table.rows)).scores, labels);
        if (area === undefined) throw new Error(`${name}: all labels are equal`);
        areas.push(area);
      }
      entries.push([contender.name, meanOf(areas)]);
    }
    found.push({ table: name, rocAuc: Object.fromEntries(entries) });
  }
  return found;
}

/** The mean, and how far it is off by the luck of so few. */
export function meanOf(values: readonly number[]): Mean {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) };
}

/** The means over all tables, each table counting the same. */
export function overall(tables: readonly TableAccuracy[], name: string): Mean {
  const all = tables.flatMap(({ rocAuc }) => rocAuc[name] ?? []);
  return {
    mean: all.reduce((sum, { mean }) => sum + mean, 0) / all.length,
    standardError: Math.sqrt(all.reduce((sum, { standardError }) => sum + standardError ** 2, 0)) / all.length,
  };
}

/** A table for people: mean ± standard error. */
export function accuracyTable(tables: readonly TableAccuracy[], names: readonly string[]): string {
  const cell = (found: Mean | undefined) =>
    found ? `${found.mean.toFixed(4)} ± ${found.standardError.toFixed(4)}` : "";
  const rows = tables.map(({ table, rocAuc }) => [table, ...names.map((name) => cell(rocAuc[name]))]);
  const means = ["mean", ...names.map((name) => cell(overall(tables, name)))];
  return markdownTable(["ROC-AUC", ...names], [...rows, means]);
}
