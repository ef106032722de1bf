import { forestBytes, treesOf } from "./bytes.ts";
import { drawsOf } from "./draw.ts";
import { checkOptions, type Forest, type ForestEngine, type ForestOptions } from "./forest.ts";
import { generatorOf } from "./generator.ts";
import { growerOf } from "./grow.ts";
import { scoresOf } from "./score.ts";
import { rowsOf, type Table } from "./table.ts";
import { bareTrees, type Trees } from "./trees.ts";

/** A forest of our own engine, which can be kept. */
export interface OwnForest extends Forest {
  /** The forest in the format of bytes.ts: the same bytes on every machine. */
  toBytes(): Uint8Array;
}

/** The Isolation Forest of Liu, Ting and Zhou on typed arrays. */
export const ownEngine = {
  name: "own",
  fit(table: Table, options: ForestOptions): OwnForest {
    checkOptions(options);
    const rows = rowsOf(table);
    if (rows === 0) throw new RangeError("a forest can't be grown from a table without rows");
    const generator = generatorOf(options.seed);
    const trees = bareTrees(options.trees, table.columns, Math.min(options.sampleSize, rows));
    const draw = drawsOf(rows, trees.sampleSize, generator);
    const grow = growerOf(table, trees, generator);
    for (let tree = 0; tree < trees.count; tree += 1) grow(tree, draw());
    return forestOf(trees);
  },
} as const satisfies ForestEngine;

/** The forest that toBytes wrote. Throws ForestBytesError when the bytes are anything else. */
export function forestFromBytes(bytes: Uint8Array): OwnForest {
  return forestOf(treesOf(bytes));
}

function forestOf(trees: Trees): OwnForest {
  return { score: (table) => scoresOf(trees, table), toBytes: () => forestBytes(trees) };
}
