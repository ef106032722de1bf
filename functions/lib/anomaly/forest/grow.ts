import type { Generator } from "./generator.ts";
import { seen, type Table } from "./table.ts";
import { depthLimit, endAt, places, type Trees } from "./trees.ts";

/** A sample of a table as float32, and the order in which a tree parts its rows. */
interface Sample {
  readonly values: Float32Array;
  readonly order: Uint16Array;
  /** All columns; those from an index on are known to have nothing to cut at the node at hand. */
  readonly columns: Uint16Array;
}

/** Grows one tree after the other from the rows that are drawn for it. */
export function growerOf(table: Table, trees: Trees, generator: Generator): (tree: number, rows: Uint32Array) => void {
  const { columns, sampleSize } = trees;
  const sample: Sample = {
    values: new Float32Array(sampleSize * columns),
    order: new Uint16Array(sampleSize),
    columns: Uint16Array.from({ length: columns }, (_, column) => column),
  };
  const limit = depthLimit(sampleSize);
  const grow = (tree: number, node: number, depth: number, from: number, to: number): void => {
    const cut = depth < limit && to - from > 1 ? cutOf(sample, from, to, generator) : undefined;
    if (!cut) {
      endAt(trees, tree, node, depth, to - from);
      return;
    }
    const middle = part(sample, from, to, cut, generator);
    trees.thresholds[tree * places + node] = cut.threshold;
    trees.cutColumns[tree * places + node] = cut.column;
    trees.passed[tree * 2 * places + node] = to - from;
    grow(tree, 2 * node, depth + 1, from, middle);
    grow(tree, 2 * node + 1, depth + 1, middle, to);
  };
  return (tree, rows) => {
    rows.forEach((row, i) => {
      sample.order[i] = i;
      for (let column = 0; column < columns; column += 1) {
        sample.values[i * columns + column] = seen(table.values[row * columns + column] ?? Number.NaN);
      }
    });
    grow(tree, 1, 0, 0, sampleSize);
  };
}

/** Where a node is cut: rows whose value is not below the threshold go right. */
interface Cut {
  readonly column: number;
  readonly threshold: number;
  /** How many rows have a value there. */
  readonly known: number;
}

/**
 * A column by chance, among those that have different values here, so that none that is constant or missing costs a level;
 * and a threshold by chance between its least and its largest value. Undefined where no column has.
 *
 * Plain additions and multiplications, rounded to float32: the same on every machine.
 */
function cutOf({ values, order, columns }: Sample, from: number, to: number, generator: Generator): Cut | undefined {
  const width = columns.length;
  for (let left = width; left > 0; left -= 1) {
    const chosen = generator.below(left);
    const column = columns[chosen] ?? 0;
    let least = Number.POSITIVE_INFINITY;
    let largest = Number.NEGATIVE_INFINITY;
    let known = 0;
    for (let i = from; i < to; i += 1) {
      const value = values[(order[i] ?? 0) * width + column] ?? Number.NaN;
      if (value < least) least = value;
      if (value > largest) largest = value;
      known += Number(!Number.isNaN(value));
    }
    if (least < largest) {
      const threshold = Math.fround(least + (generator.next() / 2 ** 32) * (largest - least));
      // Rounded down to the least value, it would cut nothing off.
      return { column, threshold: threshold > least ? threshold : largest, known };
    }
    columns[chosen] = columns[left - 1] ?? 0;
    columns[left - 1] = column;
  }
  return undefined;
}

/**
 * Brings the rows that go left before those that go right, and answers where these begin. A row whose value is missing goes
 * either way by chance, as likely as the rows that have one.
 */
function part({ values, order, columns }: Sample, from: number, to: number, cut: Cut, generator: Generator): number {
  const { column, threshold, known } = cut;
  const width = columns.length;
  let middle = from;
  // Every row is swapped, and only the count depends on where it goes: half of such branches would be foretold wrongly.
  for (let i = from; i < to; i += 1) {
    const row = order[i] ?? 0;
    order[i] = order[middle] ?? 0;
    order[middle] = row;
    middle += Number((values[row * width + column] ?? 0) < threshold);
  }
  if (known === to - from) return middle;
  const left = middle - from;
  for (let i = middle; i < to; i += 1) {
    const row = order[i] ?? 0;
    if (!Number.isNaN(values[row * width + column]) || generator.below(known) >= left) continue;
    order[i] = order[middle] ?? 0;
    order[middle] = row;
    middle += 1;
  }
  return middle;
}
