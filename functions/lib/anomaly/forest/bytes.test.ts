import fc from "fast-check";
import { expect, test } from "vitest";
import { ForestBytesError, type ForestBytesReason, forestFromBytes, ownEngine } from "./index.ts";
import { aTable } from "./testing.ts";

const forest = ownEngine.fit(aTable(200, 3), { trees: 5, sampleSize: 64, seed: 9 });
const good = forest.toBytes();

/** The bytes with one number written over. */
function changed(write: (view: DataView) => void): Uint8Array {
  const bytes = good.slice();
  write(new DataView(bytes.buffer));
  return bytes;
}

/** A forest of one column, whose only tree is these nodes. */
function tree(rows: number, ...nodes: ("end" | number)[]): Uint8Array {
  const view = new DataView(
    new ArrayBuffer(12 + nodes.reduce<number>((sum, node) => sum + (node === "end" ? 3 : 6), 0)),
  );
  view.setUint32(0, 0x46494841, true);
  [1, 1, 1, rows].forEach((number, i) => {
    view.setUint16(4 + 2 * i, number, true);
  });
  let at = 12;
  for (const node of nodes) {
    if (node === "end") view.setUint16(at, 0xffff, true);
    else view.setFloat32(at + 2, node, true);
    at += node === "end" ? 3 : 6;
  }
  return new Uint8Array(view.buffer);
}

const deep = Array.from({ length: 9 }, (_, i) => i);

test.each<[sentence: string, bytes: Uint8Array, reason: ForestBytesReason, says: string]>([
  ["nothing", new Uint8Array(0), "NotAForest", "do not begin as a forest does"],
  ["a header that is cut", good.subarray(0, 11), "NotAForest", "do not begin"],
  ["something else", changed((view) => view.setUint8(0, 0)), "NotAForest", "do not begin"],
  ["a later version", changed((view) => view.setUint16(4, 2, true)), "UnknownVersion", "version 2; known: 1"],
  ["no columns", changed((view) => view.setUint16(6, 0, true)), "BadValue", "byte 6: 0 columns, allowed: 1 to 65534"],
  ["no trees", changed((view) => view.setUint16(8, 0, true)), "BadValue", "byte 8: 0 trees, allowed: 1 to 1000"],
  ["too many trees", changed((view) => view.setUint16(8, 1001, true)), "BadValue", "byte 8: 1001 trees"],
  [
    "too many rows",
    changed((view) => view.setUint16(10, 257, true)),
    "BadValue",
    "byte 10: 257 rows, allowed: 1 to 256",
  ],
  ["another sample", changed((view) => view.setUint16(10, 63, true)), "BadValue", "tree 0 has 64 rows of 63"],
  ["more trees than follow", changed((view) => view.setUint16(8, 6, true)), "WrongLength", "within its trees"],
  ["trees that nothing follows", changed((view) => view.setUint16(8, 1000, true)), "WrongLength", "within its trees"],
  [
    "fewer trees than follow",
    changed((view) => view.setUint16(8, 4, true)),
    "WrongLength",
    "bytes after the last tree",
  ],
  ["a byte too few", good.subarray(0, -1), "WrongLength", `ends at byte ${good.length - 1}, within its trees`],
  ["a byte too many", Uint8Array.of(...good, 0), "WrongLength", "1 bytes after the last tree"],
  ["a column that it has not", changed((view) => view.setUint16(12, 3, true)), "BadValue", "byte 12: column 3 of 3"],
  ["a threshold that is none", tree(2, Number.NaN, "end", "end"), "BadValue", "byte 14: a threshold of NaN"],
  ["the threshold of an end", tree(2, Number.POSITIVE_INFINITY, "end", "end"), "BadValue", "a threshold of Infinity"],
  ["a cut of one row", tree(1, 0, "end"), "BadValue", "byte 12: a cut on level 0 of 0"],
  ["a tree that is too deep", tree(256, ...deep, "end"), "BadValue", "byte 60: a cut on level 8 of 8"],
])("bytes are refused, and why: %s", (_, bytes, reason, says) => {
  const read = () => forestFromBytes(bytes);
  expect(read).toThrow(ForestBytesError);
  expect(read).toThrow(expect.objectContaining({ reason, message: expect.stringContaining(says) }));
});

test("a forest within a larger buffer is read, and nothing around it", () => {
  const around = new Uint8Array(good.length + 20).fill(0xaa);
  around.set(good, 7);
  expect(forestFromBytes(around.subarray(7, 7 + good.length)).toBytes()).toEqual(good);
});

/** What bytes lead to: a forest that is written as it was read and scores within bounds, or a reason. */
function survives(bytes: Uint8Array): boolean {
  try {
    const read = forestFromBytes(bytes);
    const columns = new DataView(bytes.buffer, bytes.byteOffset).getUint16(6, true);
    const values = new Float64Array(2 * columns).fill(Number.NaN, columns);
    return Buffer.compare(read.toBytes(), bytes) === 0 && read.score({ values, columns }).every((s) => s > 0 && s <= 1);
  } catch (error) {
    return error instanceof ForestBytesError;
  }
}

test("any bytes are a forest or are refused with a reason", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives));
  const header = Uint8Array.of(...good.subarray(0, 6));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => survives(Uint8Array.of(...header, ...rest))));
});

test("a forest that was changed anywhere is a forest or is refused with a reason", () => {
  const change = fc.record({ at: fc.nat({ max: good.length - 1 }), byte: fc.nat({ max: 255 }) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat({ max: good.length }), (changes, length) => {
      const bytes = good.slice();
      for (const { at, byte } of changes) bytes[at] = byte;
      return survives(bytes) && survives(bytes.slice(0, length));
    }),
    { numRuns: 500 },
  );
});
