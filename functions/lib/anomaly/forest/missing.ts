import { isEnd, lastLevel, levels, type Trees } from "./trees.ts";

/**
 * The sum of a row's path lengths over all trees, where some of its values are missing: at a cut of such a column it goes both ways,
 * and each counts as much as rows of the sample went there.
 */
export function missingPathLength(trees: Trees, row: Float32Array): number {
  let sum = 0;
  for (let tree = 0; tree < trees.count; tree += 1) sum += pathLength(trees, tree, row, 1, 0);
  return sum;
}

function pathLength(trees: Trees, tree: number, row: Float32Array, from: number, level: number): number {
  const { thresholds, cutColumns, pathLengths, passed } = trees;
  const base = tree << levels;
  let node = from;
  let depth = level;
  for (; depth < levels && !isEnd(trees, tree, node); depth += 1) {
    const value = row[cutColumns[base + node] ?? 0] ?? Number.NaN;
    if (Number.isNaN(value)) {
      const left = passed[2 * (base + node)] ?? 0;
      const right = passed[2 * (base + node) + 1] ?? 0;
      const leftLength = pathLength(trees, tree, row, 2 * node, depth + 1);
      const rightLength = pathLength(trees, tree, row, 2 * node + 1, depth + 1);
      return (left * leftLength + right * rightLength) / (left + right);
    }
    node = 2 * node + Number(value >= (thresholds[base + node] ?? 0));
  }
  return pathLengths[base + lastLevel(node, depth)] ?? 0;
}
