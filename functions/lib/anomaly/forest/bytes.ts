/**
 * A forest as bytes, little-endian:
 *
 *     "AHIF", uint16 version (1), uint16 columns, uint16 trees, uint16 rows that each tree was grown from
 *
 * and then each tree from its root, a node before its left and its right:
 *
 *     a cut:  uint16 column, float32 threshold (a value that is not below it goes right)
 *     an end: uint16 65535, uint8 rows that ended there, less 1
 *
 * Path lengths are calculated from these when it is read, so that no rounding of theirs is ever part of the bytes.
 */
import { mostSamples, mostTrees } from "./forest.ts";
import { mostColumns } from "./table.ts";
import { bareTrees, depthLimit, endAt, isEnd, levels, places, type Trees } from "./trees.ts";

const magic = 0x46494841; // "AHIF"
const version = 1;
const headerBytes = 12;
const end = 0xffff;
const [cutBytes, endBytes] = [6, 3];

/** Why bytes are no forest. */
export type ForestBytesReason =
  /** They are something else, or cut before the first tree. */
  | "NotAForest"
  /** Another version wrote them. */
  | "UnknownVersion"
  /** They end before the last tree, or go on after it. */
  | "WrongLength"
  /** A number is none that a forest can have. */
  | "BadValue";

/** Bytes that can't be read as a forest; the message says where, and what is wrong. */
export class ForestBytesError extends Error {
  override readonly name = "ForestBytesError";
  readonly reason: ForestBytesReason;

  constructor(reason: ForestBytesReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Trees as bytes. */
export function forestBytes(trees: Trees): Uint8Array {
  const nodes = trees.passed.reduce((count, rows) => count + Number(rows > 0), 0);
  // Each cut has two that follow, so a tree has one end more than cuts.
  const cuts = (nodes - trees.count) / 2;
  const view = new DataView(new ArrayBuffer(headerBytes + cuts * cutBytes + (cuts + trees.count) * endBytes));
  view.setUint32(0, magic, true);
  [version, trees.columns, trees.count, trees.sampleSize].forEach((number, i) => {
    view.setUint16(4 + 2 * i, number, true);
  });
  let at = headerBytes;
  const write = (tree: number, node: number, depth: number): void => {
    if (depth === levels || isEnd(trees, tree, node)) {
      view.setUint16(at, end, true);
      view.setUint8(at + 2, (trees.passed[tree * 2 * places + node] ?? 0) - 1);
      at += endBytes;
      return;
    }
    view.setUint16(at, trees.cutColumns[tree * places + node] ?? 0, true);
    view.setFloat32(at + 2, trees.thresholds[tree * places + node] ?? 0, true);
    at += cutBytes;
    write(tree, 2 * node, depth + 1);
    write(tree, 2 * node + 1, depth + 1);
  };
  for (let tree = 0; tree < trees.count; tree += 1) write(tree, 1, 0);
  return new Uint8Array(view.buffer);
}

/** Bytes as trees; whatever the bytes, it reads within them and takes no more memory than their count of trees says. */
export function treesOf(bytes: Uint8Array): Trees {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const trees = headerOf(view);
  const limit = depthLimit(trees.sampleSize);
  let at = headerBytes;
  const read = (tree: number, node: number, depth: number): number => {
    need(view, at, endBytes);
    const column = view.getUint16(at, true);
    if (column === end) {
      const rows = view.getUint8(at + 2) + 1;
      endAt(trees, tree, node, depth, rows);
      at += endBytes;
      return rows;
    }
    need(view, at, cutBytes);
    const threshold = view.getFloat32(at + 2, true);
    if (column >= trees.columns) throw bad(at, `column ${column} of ${trees.columns}`);
    if (!Number.isFinite(threshold)) throw bad(at + 2, `a threshold of ${threshold}`);
    if (depth >= limit) throw bad(at, `a cut on level ${depth} of ${limit}`);
    trees.thresholds[tree * places + node] = threshold;
    trees.cutColumns[tree * places + node] = column;
    at += cutBytes;
    const rows = read(tree, 2 * node, depth + 1) + read(tree, 2 * node + 1, depth + 1);
    trees.passed[tree * 2 * places + node] = rows;
    return rows;
  };
  for (let tree = 0; tree < trees.count; tree += 1) {
    const rows = read(tree, 1, 0);
    if (rows !== trees.sampleSize) throw bad(at, `tree ${tree} has ${rows} rows of ${trees.sampleSize}`);
  }
  if (at !== view.byteLength)
    throw new ForestBytesError("WrongLength", `${view.byteLength - at} bytes after the last tree`);
  return trees;
}

function headerOf(view: DataView): Trees {
  if (view.byteLength < headerBytes || view.getUint32(0, true) !== magic) {
    throw new ForestBytesError("NotAForest", "the bytes do not begin as a forest does");
  }
  const written = view.getUint16(4, true);
  if (written !== version) {
    throw new ForestBytesError("UnknownVersion", `the forest is of version ${written}; known: ${version}`);
  }
  const number = (name: string, at: number, most: number): number => {
    const value = view.getUint16(at, true);
    if (value < 1 || value > most) throw bad(at, `${value} ${name}, allowed: 1 to ${most}`);
    return value;
  };
  const columns = number("columns", 6, mostColumns);
  const count = number("trees", 8, mostTrees);
  const sampleSize = number("rows", 10, mostSamples);
  // A tree is an end at least: a short text that announces many trees is given no memory for them.
  need(view, headerBytes, count * endBytes);
  return bareTrees(count, columns, sampleSize);
}

function need(view: DataView, at: number, bytes: number): void {
  if (at + bytes <= view.byteLength) return;
  throw new ForestBytesError("WrongLength", `the forest ends at byte ${view.byteLength}, within its trees`);
}

function bad(at: number, what: string): ForestBytesError {
  return new ForestBytesError("BadValue", `byte ${at}: ${what}`);
}
