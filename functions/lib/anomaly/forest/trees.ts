import { averagePathLength } from "./path-length.ts";

/** Every tree has as many levels of cuts as the largest sample needs: ceil(log2(256)). */
export const levels = 8;

/** How many places a tree has for cuts, and as many for ends; a power of two, so that they are found by shifts. */
export const places = 2 ** levels;

/**
 * Trees as heaps, one after the other: node 1 is a tree's root, and 2i and 2i + 1 follow on node i. A row goes to 2i + 1 where
 * its value is not below the threshold. Where a tree ended earlier the thresholds are Infinity, so that every row goes on to the left
 * down to the last level, and no walk has to ask whether it is over.
 */
export interface Trees {
  readonly count: number;
  readonly columns: number;
  /** How many rows each tree was grown from. */
  readonly sampleSize: number;
  /** Of tree t and node i at t * places + i. */
  readonly thresholds: Float32Array;
  readonly cutColumns: Uint16Array;
  /** Path length of tree t and node i on the last level, which is at least `places`, at t * places + i - places. */
  readonly pathLengths: Float32Array;
  /** How many rows of the sample came by, of tree t and node i at t * 2 * places + i: the shares for what is missing. */
  readonly passed: Uint16Array;
}

/** Trees without cuts, to be grown or read. */
export function bareTrees(count: number, columns: number, sampleSize: number): Trees {
  return {
    count,
    columns,
    sampleSize,
    thresholds: new Float32Array(count * places).fill(Number.POSITIVE_INFINITY),
    cutColumns: new Uint16Array(count * places),
    pathLengths: new Float32Array(count * places),
    passed: new Uint16Array(count * 2 * places),
  };
}

/** The deepest level at which a tree of so many rows ends: what is isolated later is no anomaly (the paper's height limit). */
export function depthLimit(sampleSize: number): number {
  return Math.min(levels, 32 - Math.clz32(sampleSize - 1));
}

/** Ends a tree at a node with so many rows: what more cuts would have added is c(n). */
export function endAt(trees: Trees, tree: number, node: number, depth: number, rows: number): void {
  trees.passed[tree * 2 * places + node] = rows;
  trees.pathLengths[tree * places + lastLevel(node, depth)] = depth + averagePathLength(rows);
}

/** The place on the last level that is reached from a node by going left only. */
export function lastLevel(node: number, depth: number): number {
  return (node << (levels - depth)) - places;
}

/** True where a node on a level above the last has no cut. */
export function isEnd({ thresholds }: Trees, tree: number, node: number): boolean {
  return thresholds[(tree << levels) + node] === Number.POSITIVE_INFINITY;
}
