import { missingPathLength } from "./missing.ts";
import { scoreOf } from "./path-length.ts";
import { checkColumns, rowsOf, seen, type Table } from "./table.ts";
import { levels, type Trees } from "./trees.ts";

/** Rows that are walked through all trees before the next: together with one tree they fit into the fastest cache. */
const blockRows = 256;

/** How many rows are walked at once: while one waits for memory, the others go on. */
const abreast = 4;

/** The score of each row. Throws RangeError when the table has other columns than the forest. */
export function scoresOf(trees: Trees, table: Table): Float64Array {
  const rows = rowsOf(table);
  const { columns } = trees;
  checkColumns(table, columns);
  const scores = new Float64Array(rows);
  const size = Math.min(blockRows, rows);
  const block = new Float32Array(size * columns);
  const sums = new Float64Array(size);
  for (let start = 0; start < rows; start += size) {
    const count = Math.min(size, rows - start);
    for (let i = 0; i < count * columns; i += 1) block[i] = seen(table.values[start * columns + i] ?? Number.NaN);
    sums.fill(0);
    for (let tree = 0; tree < trees.count; tree += 1) addPathLengths(trees, tree, block, count, sums);
    for (let row = 0; row < count; row += 1) {
      const sum = isWhole(block, row * columns, columns)
        ? (sums[row] ?? 0)
        : missingPathLength(trees, block.subarray(row * columns, (row + 1) * columns));
      scores[start + row] = scoreOf(sum / trees.count, trees.sampleSize);
    }
  }
  return scores;
}

function isWhole(block: Float32Array, from: number, count: number): boolean {
  for (let i = from; i < from + count; i += 1) if (Number.isNaN(block[i])) return false;
  return true;
}

/**
 * Adds each row's path length in one tree to its sum. Path lengths are float32, so these sums of doubles are exact, and their order is
 * of no matter. The step down is a calculation, not a choice: V8 makes no branch of it, that half the time would be foretold wrongly.
 */
function addPathLengths(trees: Trees, tree: number, block: Float32Array, count: number, sums: Float64Array): void {
  const { thresholds, cutColumns, pathLengths, columns } = trees;
  // A shift, not `tree * places`: V8 then knows that these are small integers, and takes two thirds of the time.
  const base = tree << levels;
  const ends = (tree - 1) << levels;
  let row = 0;
  for (; row + abreast <= count; row += abreast) {
    const x0 = row * columns;
    const x1 = (row + 1) * columns;
    const x2 = (row + 2) * columns;
    const x3 = (row + 3) * columns;
    let a = 1;
    let b = 1;
    let c = 1;
    let d = 1;
    for (let level = 0; level < levels; level += 1) {
      a = 2 * a + Number((block[x0 + (cutColumns[base + a] ?? 0)] ?? 0) >= (thresholds[base + a] ?? 0));
      b = 2 * b + Number((block[x1 + (cutColumns[base + b] ?? 0)] ?? 0) >= (thresholds[base + b] ?? 0));
      c = 2 * c + Number((block[x2 + (cutColumns[base + c] ?? 0)] ?? 0) >= (thresholds[base + c] ?? 0));
      d = 2 * d + Number((block[x3 + (cutColumns[base + d] ?? 0)] ?? 0) >= (thresholds[base + d] ?? 0));
    }
    sums[row] = (sums[row] ?? 0) + (pathLengths[ends + a] ?? 0);
    sums[row + 1] = (sums[row + 1] ?? 0) + (pathLengths[ends + b] ?? 0);
    sums[row + 2] = (sums[row + 2] ?? 0) + (pathLengths[ends + c] ?? 0);
    sums[row + 3] = (sums[row + 3] ?? 0) + (pathLengths[ends + d] ?? 0);
  }
  // What is left over, and a row that came alone.
  for (; row < count; row += 1) {
    const x = row * columns;
    let a = 1;
    for (let level = 0; level < levels; level += 1) {
      a = 2 * a + Number((block[x + (cutColumns[base + a] ?? 0)] ?? 0) >= (thresholds[base + a] ?? 0));
    }
    sums[row] = (sums[row] ?? 0) + (pathLengths[ends + a] ?? 0);
  }
}
