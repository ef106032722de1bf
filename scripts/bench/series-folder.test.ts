import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readEntries } from "./series-folder.ts";
import { SeriesFolderError } from "./series-part.ts";

const packed = (...values: number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    bytes.writeFloatLE(value, 4 * i);
  });
  return gzipSync(bytes);
};

const aTable = {
  set: "tables",
  name: "small",
  parts: { rows: { file: "small/rows.gz", shape: [2, 3] }, label: { file: "small/label.gz", shape: [2] } },
};
const aMachine = {
  set: "machines",
  name: "one",
  stepSeconds: 60,
  affectedMetrics: ["1-2:1,3"],
  parts: {
    train: { file: "small/rows.gz", shape: [2, 3] },
    test: { file: "long.gz", shape: [4, 3] },
    test_label: { file: "long-label.gz", shape: [4] },
  },
};
const aSeries = {
  set: "series",
  name: "cpu.csv",
  firstTimestampUnix: 1_396_310_400,
  anomalyWindowsSeconds: [[300, 600]],
  parts: { offset_seconds_value: { file: "series.gz", shape: [3, 2] } },
};

const files: Record<string, Uint8Array> = {
  "small/rows.gz": packed(1, 2, 3, 4, Number.NaN, 6),
  "small/label.gz": packed(0, 1),
  "long.gz": packed(...Array.from({ length: 12 }, (_, i) => i)),
  "long-label.gz": packed(0, 1, 1, 0),
  "series.gz": packed(0, 0.5, 300, 0.25, 600, 8),
};

/** A folder with this index, and these files beside or instead of the usual ones. */
function folder(index: unknown, others: Record<string, Uint8Array> = {}) {
  const all: Record<string, Uint8Array> = {
    ...files,
    "index.json": Buffer.from(typeof index === "string" ? index : JSON.stringify(index)),
    ...others,
  };
  return (path: string) => {
    const found = all[path];
    if (!found) throw new Error("no such file");
    return found;
  };
}

test("a table: rows and labels", () => {
  const [entry] = readEntries(folder([aTable]));
  expect(entry).toMatchObject({ kind: "table", set: "tables", name: "small" });
  expect(entry?.load()).toEqual({
    rows: { values: Float64Array.of(1, 2, 3, 4, Number.NaN, 6), rows: 2, columns: 3 },
    labels: Uint8Array.of(0, 1),
  });
});

test("a machine: what was before, what is judged, and which columns an event touched", () => {
  const [entry] = readEntries(folder([aMachine]));
  expect(entry).toMatchObject({ kind: "machine", stepSeconds: 60 });
  expect(entry?.load()).toMatchObject({
    train: { rows: 2, columns: 3 },
    test: { rows: 4, columns: 3 },
    labels: Uint8Array.of(0, 1, 1, 0),
    events: [{ from: 1, to: 3, columns: [0, 2] }],
  });
});

test("an event ends where its labels do, whether its last row is counted in or not", () => {
  const [entry] = readEntries(folder([{ ...aMachine, affectedMetrics: ["1-3:2"] }]));
  expect(entry?.load()).toMatchObject({ events: [{ from: 1, to: 3, columns: [1] }] });
});

test("a series: times, values, and when something was wrong", () => {
  const [entry] = readEntries(folder([aSeries]));
  expect(entry).toMatchObject({ kind: "series", firstTimestampUnix: 1_396_310_400, windows: [{ from: 300, to: 600 }] });
  expect(entry?.load()).toEqual({ seconds: Float64Array.of(0, 300, 600), values: Float64Array.of(0.5, 0.25, 8) });
});

test.each<[sentence: string, index: unknown, says: RegExp]>([
  ["no JSON", "{", /^index\.json is no JSON$/],
  ["no list", {}, /^index\.json is no list of entries$/],
  ["an entry that is none", [7], /^index\.json: entry 0 has the parts \[\]/],
  ["a kind that is not known", [aTable, { ...aTable, parts: { cube: 1 } }], /^index\.json: entry 1 .*\[cube\]/],
  ["no name", [{ ...aTable, name: "" }], /^index\.json: entry 0: name: /],
  ["a part too few", [{ ...aTable, parts: { rows: aTable.parts.rows } }], /entry 0: parts\.label: /],
  ["a shape of nothing", [withRows({ shape: [0, 3] })], /entry 0: parts\.rows\.shape\.0: /],
  ["a shape that is no whole number", [withRows({ shape: [2, 1.5] })], /entry 0: parts\.rows\.shape\.1: /],
  ["a shape beyond memory", [withRows({ shape: [2 ** 20, 2 ** 20] })], /entry 0: parts\.rows\.shape: is too large/],
  ["a path out of the folder", [withRows({ file: "small/../../secret" })], /parts\.rows\.file: is no path inside/],
  ["an absolute path", [withRows({ file: "/etc/passwd" })], /parts\.rows\.file: is no path inside/],
  ["a step of 0", [{ ...aMachine, stepSeconds: 0 }], /entry 0: stepSeconds: /],
  ["an event that can't be read", [{ ...aMachine, affectedMetrics: ["1-2:0"] }], /entry 0: affectedMetrics\.0: /],
])("an index with %s is refused, and why", (_, index, says) => {
  expect(() => readEntries(folder(index))).toThrow(says);
  expect(() => readEntries(folder(index))).toThrow(SeriesFolderError);
});

test("a folder without an index is refused", () => {
  expect(() => readEntries(folder([], { "index.json": undefined as never }))).toThrow(/^index\.json can't be read: /); // reason: no file
});

test.each<[sentence: string, entry: unknown, others: Record<string, Uint8Array>, says: RegExp]>([
  ["a file that is not there", withRows({ file: "away.gz" }), {}, /^away\.gz can't be read: no such file$/],
  ["what is no gzip", aTable, { "small/rows.gz": Buffer.from("1,2,3") }, /^small\/rows\.gz is no gzip$/],
  ["a cut gzip", aTable, { "small/rows.gz": packed(1, 2, 3, 4, 5, 6).subarray(0, 20) }, /rows\.gz is no gzip$/],
  ["a file that is too short", aTable, { "small/rows.gz": packed(1) }, /rows\.gz has 4 bytes; .* has 24$/],
  [
    "a file that is a bit too long",
    aTable,
    { "small/label.gz": packed(0, 1, 1) },
    /label\.gz unpacks to more than the 8/,
  ],
  ["a bomb", aTable, { "small/rows.gz": gzipSync(Buffer.alloc(2 ** 24)) }, /rows\.gz unpacks to more than the 24/],
  ["a label of 2", aTable, { "small/label.gz": packed(0, 2) }, /label\.gz: label 1 is 2; allowed: 0 and 1$/],
  ["labels for other rows", withRows({ shape: [3, 2] }), {}, /^small: 2 label, but 3 rows$/],
  ["an event after the end", { ...aMachine, affectedMetrics: ["2-9:1"] }, {}, /^one: the event 2-9:1 is not within/],
  ["an event in no column", { ...aMachine, affectedMetrics: ["1-2:4"] }, {}, /^one: the event 1-2:4 is not within/],
])("%s is refused when it is loaded, and why", (_, entry, others, says) => {
  const [found] = readEntries(folder([entry], others));
  expect(() => found?.load()).toThrow(says);
  expect(() => found?.load()).toThrow(SeriesFolderError);
});

function withRows(rows: { file?: string; shape?: number[] }) {
  return { ...aTable, parts: { ...aTable.parts, rows: { ...aTable.parts.rows, ...rows } } };
}
