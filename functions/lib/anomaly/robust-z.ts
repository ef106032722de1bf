import type { Channels } from "./channels.ts";
import { features, place } from "./features.ts";
import { type Material, sizesOf } from "./usual.ts";

/**
 * What is left of the channels where a baseline is too short for them: how far the farthest metric is from its usual level, in
 * robust standard deviations.
 */
export function fitRobustZ(material: Material, rows: readonly number[]): Channels {
  const sizes = sizesOf(material, rows);
  const { width, metrics } = material.table;
  const nothing = new Float64Array(metrics);
  const row = new Float64Array(width);
  return {
    sizes,
    residual: () => nothing,
    measure: (points) => [
      Float64Array.from(points, (point) => {
        if (sizes.write(point, row) === 0) return Number.NaN;
        let farthest = 0;
        for (let column: number = place.level; column < width; column += features.length) {
          farthest = Math.max(farthest, Math.abs(row[column] ?? 0));
        }
        return farthest;
      }),
    ],
  };
}
