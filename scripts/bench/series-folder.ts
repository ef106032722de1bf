/** A folder of labelled tables and series, as scripts/bench/README.md describes it: what the benchmarks of anomalies are run on. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import {
  columnPart,
  contents,
  type Matrix,
  matrixPart,
  type ReadFile,
  readLabels,
  readMatrix,
  SeriesFolderError,
} from "./series-part.ts";

/** A stretch of samples or seconds: `to` is no longer part of it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Something that went wrong on a machine, in rows of its test part, and the columns that showed it, counted from 0. */
export interface MachineEvent extends Span {
  readonly columns: readonly number[];
}

/** Rows without order, each labelled. */
export interface LabelledTable {
  readonly rows: Matrix;
  readonly labels: Uint8Array;
}

/** The metrics of a machine at a fixed step: what it was like before, and what is to be judged. */
export interface LabelledMachine {
  readonly train: Matrix;
  readonly test: Matrix;
  readonly labels: Uint8Array;
  readonly events: readonly MachineEvent[];
}

/** One metric with times of its own, in seconds since the first sample. */
export interface LabelledSeries {
  readonly seconds: Float64Array;
  readonly values: Float64Array;
}

/** One entry of the index: which kind it is, and its numbers on demand. */
export type Entry = { readonly set: string; readonly name: string } & (
  | { readonly kind: "table"; load(): LabelledTable }
  | { readonly kind: "machine"; readonly stepSeconds: number; load(): LabelledMachine }
  | {
      readonly kind: "series";
      readonly firstTimestampUnix: number;
      /** When something was wrong, in seconds since the first sample. */
      readonly windows: readonly Span[];
      load(): LabelledSeries;
    }
);

const named = { set: z.string().min(1), name: z.string().min(1) };
const tableEntry = z.object({ ...named, parts: z.strictObject({ rows: matrixPart, label: columnPart }) });
const machineEntry = z.object({
  ...named,
  stepSeconds: z.number().positive(),
  affectedMetrics: z.array(z.string().regex(/^\d+-\d+:[1-9]\d*(?:,[1-9]\d*)*$/)),
  parts: z.strictObject({ train: matrixPart, test: matrixPart, test_label: columnPart }),
});
const seriesEntry = z.object({
  ...named,
  firstTimestampUnix: z.number(),
  anomalyWindowsSeconds: z.array(z.tuple([z.number(), z.number()])),
  parts: z.strictObject({ offset_seconds_value: matrixPart }),
});

/** The entries of a folder's index.json. Throws SeriesFolderError when there is none, or one entry is of no known kind. */
export function readSeriesFolder(folder: string): Entry[] {
  return readEntries((path) => readFileSync(join(folder, path)));
}

/** The same by a reader of files. Which kind an entry is, the names of its parts tell. */
export function readEntries(read: ReadFile): Entry[] {
  return indexOf(read).map((raw, at): Entry => {
    const parts = Object.keys(z.looseObject({ parts: z.looseObject({}) }).safeParse(raw).data?.parts ?? {});
    if (parts.includes("rows")) return tableOf(read, parsed(tableEntry, raw, at));
    if (parts.includes("train")) return machineOf(read, parsed(machineEntry, raw, at));
    if (parts.includes("offset_seconds_value")) return seriesOf(read, parsed(seriesEntry, raw, at));
    throw new SeriesFolderError(`index.json: entry ${at} has the parts [${parts}], which no kind has`);
  });
}

function indexOf(read: ReadFile): unknown[] {
  const text = Buffer.from(contents(read, "index.json")).toString();
  let index: unknown;
  try {
    index = JSON.parse(text);
  } catch {
    throw new SeriesFolderError("index.json is no JSON");
  }
  if (!Array.isArray(index)) throw new SeriesFolderError("index.json is no list of entries");
  return index;
}

function parsed<T>(schema: z.ZodType<T>, raw: unknown, at: number): T {
  const { success, data, error } = schema.safeParse(raw);
  if (success) return data;
  const { path = [], message = "" } = error.issues[0] ?? {};
  throw new SeriesFolderError(`index.json: entry ${at}: ${path.join(".")}: ${message}`);
}

function tableOf(read: ReadFile, { set, name, parts }: z.infer<typeof tableEntry>): Entry {
  const load = (): LabelledTable => {
    agree(name, "label", parts.label.shape[0], "rows", parts.rows.shape[0]);
    return { rows: readMatrix(read, parts.rows), labels: readLabels(read, parts.label) };
  };
  return { kind: "table", set, name, load };
}

function machineOf(read: ReadFile, entry: z.infer<typeof machineEntry>): Entry {
  const { set, name, stepSeconds, parts, affectedMetrics } = entry;
  const load = (): LabelledMachine => {
    agree(name, "test_label", parts.test_label.shape[0], "rows of test", parts.test.shape[0]);
    agree(name, "columns of train", parts.train.shape[1], "columns of test", parts.test.shape[1]);
    const labels = readLabels(read, parts.test_label);
    const events = affectedMetrics.map((text) => eventOf(name, text, labels, parts.test.shape[1]));
    return { train: readMatrix(read, parts.train), test: readMatrix(read, parts.test), labels, events };
  };
  return { kind: "machine", set, name, stepSeconds, load };
}

function seriesOf(read: ReadFile, entry: z.infer<typeof seriesEntry>): Entry {
  const { set, name, firstTimestampUnix, anomalyWindowsSeconds, parts } = entry;
  const load = (): LabelledSeries => {
    agree(name, "columns", parts.offset_seconds_value.shape[1], "columns of seconds and value", 2);
    const { values } = readMatrix(read, parts.offset_seconds_value);
    return { seconds: values.filter((_, i) => i % 2 === 0), values: values.filter((_, i) => i % 2 === 1) };
  };
  const windows = anomalyWindowsSeconds.map(([from, to]) => ({ from, to }));
  return { kind: "series", set, name, firstTimestampUnix, windows, load };
}

function agree(name: string, what: string, count: number, other: string, otherCount: number): void {
  if (count !== otherCount) throw new SeriesFolderError(`${name}: ${count} ${what}, but ${otherCount} ${other}`);
}

/**
 * `760-765:4,5`: rows from 0, columns from 1. Some sets count the last row in and some do not: the labels decide, so that
 * an event always ends where its labels do.
 */
function eventOf(name: string, text: string, labels: Uint8Array, columns: number): MachineEvent {
  const [from = 0, last = 0, ...affected] = text.split(/[-:,]/).map(Number);
  const to = labels[last] === 1 ? last + 1 : last;
  if (from >= to || to > labels.length || affected.some((column) => column > columns)) {
    throw new SeriesFolderError(
      `${name}: the event ${text} is not within ${labels.length} rows and ${columns} columns`,
    );
  }
  return { from, to, columns: affected.map((column) => column - 1) };
}
