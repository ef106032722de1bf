import { markdownTable } from "../markdown.ts";
import type { Entry } from "../series-folder.ts";
import { type Contender, contenders } from "./contenders.ts";
import { type MachineFigures, machineFigures, stretchOf } from "./machine.ts";
import { nabScore } from "./nab.ts";
import { nabFile } from "./series.ts";

/** What all methods score on one set: a mean over its machines, or one score over its series. */
export interface SetFigures {
  readonly set: string;
  readonly contender: string;
  readonly series: readonly { readonly name: string; readonly figures: MachineFigures }[];
  readonly mean?: MachineFigures;
  /** NAB's score of the standard profile, over all series of the set. */
  readonly nabStandard?: number;
}

/** Alarms are wanted once a day at most in all sets. */
const budget = { falseAlarms: 1, perSeconds: 86_400 };

/** Scores all machines and series of some entries by all methods; tables have no order, and are left to bench:forest. */
export function benchSets(entries: readonly Entry[], say: (text: string) => void): SetFigures[] {
  const sets = [...new Set(entries.map(({ set }) => set))];
  return sets.flatMap((set) => {
    const own = entries.filter((entry) => entry.set === set);
    return Object.entries(contenders).flatMap(([contender, score]) => [
      ...machineSet(set, contender, score, own, say),
      ...seriesSet(set, contender, score, own, say),
    ]);
  });
}

type Of<K extends Entry["kind"]> = Extract<Entry, { kind: K }>;

function machineSet(
  set: string,
  contender: string,
  score: Contender,
  entries: readonly Entry[],
  say: (text: string) => void,
): SetFigures[] {
  const machines = entries.filter((entry): entry is Of<"machine"> => entry.kind === "machine");
  if (machines.length === 0) return [];
  const series = machines.map((entry) => {
    const machine = entry.load();
    const figures = machineFigures(score, stretchOf(entry.name, machine, entry.stepSeconds), machine);
    say(`${set} ${entry.name}, ${contender}: ${line(figures)}`);
    return { name: entry.name, figures };
  });
  return [{ set, contender, series, mean: meanOf(series.map(({ figures }) => figures)) }];
}

function seriesSet(
  set: string,
  contender: string,
  score: Contender,
  entries: readonly Entry[],
  say: (text: string) => void,
): SetFigures[] {
  const files = entries.filter((entry): entry is Of<"series"> => entry.kind === "series");
  if (files.length === 0) return [];
  const scored = files.map((entry) => nabFile(score, { ...entry, series: entry.load() }, budget));
  const { score: nabStandard } = nabScore(scored);
  say(`${set}, ${contender}: NAB standard ${nabStandard.toFixed(1)}`);
  return [{ set, contender, series: [], nabStandard }];
}

const columns: readonly (readonly [key: keyof MachineFigures, heading: string])[] = [
  ["vusPr", "VUS-PR"],
  ["averagePrecision", "AP"],
  ["rocAuc", "ROC-AUC"],
  ["recallOracle", "R@1FA, oracle"],
  ["recallCalibrated", "R@1FA, calibrated"],
  ["budgetUsed", "false alarms / budget"],
  ["topReason", "top-1 reason"],
];

function meanOf(all: readonly MachineFigures[]): MachineFigures {
  const mean = (key: keyof MachineFigures) => {
    const known = all.flatMap((figures) => figures[key] ?? []).filter((value) => !Number.isNaN(value));
    return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
  };
  const means = columns.map(([key]) => [key, mean(key)] as const).filter(([, value]) => value !== undefined);
  return Object.fromEntries(means) as unknown as MachineFigures; // reason: the keys are those of MachineFigures, by `columns`
}

function line(figures: MachineFigures): string {
  return columns
    .flatMap(([key, heading]) => (figures[key] === undefined ? [] : `${heading} ${figures[key].toFixed(3)}`))
    .join(", ");
}

/** All figures as a table in Markdown. */
export function table(sets: readonly SetFigures[]): string {
  const heading = ["set", "method", ...columns.map(([, name]) => name), "NAB standard"];
  const rows = sets.map(({ set, contender, mean, nabStandard }) => [
    set,
    contender,
    ...columns.map(([key]) => mean?.[key]?.toFixed(3) ?? ""),
    nabStandard?.toFixed(1) ?? "",
  ]);
  return markdownTable(heading, rows);
}
