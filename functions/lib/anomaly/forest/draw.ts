import type { Generator } from "./generator.ts";

/** Draws `size` of the rows, each at most once; what it gives is overwritten by the next draw. */
export type Draw = () => Uint32Array;

/**
 * The first steps of Fisher and Yates' shuffle. It goes on with the order that the last draw left, which is as good as any other, so
 * a draw costs as much as the sample, not as the table.
 */
export function drawsOf(rows: number, size: number, generator: Generator): Draw {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  const drawn = order.subarray(0, size);
  return () => {
    for (let i = 0; i < size; i += 1) {
      const other = i + generator.below(rows - i);
      const row = order[other] ?? 0;
      order[other] = order[i] ?? 0;
      order[i] = row;
    }
    return drawn;
  };
}
