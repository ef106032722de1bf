import { isEnd, lastLevel, levels, places, type Trees } from "./trees.ts";

/**
 * The sum of a row's path lengths over all trees, where some of its values are missing: at a cut of such a column it goes both ways,
 * and each counts as much as rows of the sample went there.
 */
export function missingPathLength(trees: Trees, row: Float32Array): number {
  let sum = 0;
  for (let tree = 0; tree < trees.count; tree += 1) sum += pathLength(trees, tree, row, 1, 0);
  return sum;
}

function pathLength(trees: Trees, tree: number, row: Float32Array, node: number, depth: number): number {
  const at = tree * places + node;
  if (depth === levels || isEnd(trees, tree, node)) {
    return trees.pathLengths[tree * places + lastLevel(node, depth)] ?? 0;
  }
  const value = row[trees.cutColumns[at] ?? 0] ?? Number.NaN;
  const below = (child: number) => pathLength(trees, tree, row, child, depth + 1);
  if (!Number.isNaN(value)) return below(2 * node + Number(value >= (trees.thresholds[at] ?? 0)));
  const passed = (child: number) => trees.passed[tree * 2 * places + child] ?? 0;
  const [left, right] = [passed(2 * node), passed(2 * node + 1)];
  return (left * below(2 * node) + right * below(2 * node + 1)) / (left + right);
}
