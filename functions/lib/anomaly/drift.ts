import { method } from "./method.ts";
import type { Metric } from "./question.ts";
import { usualOf } from "./scale.ts";
import type { Drift } from "./score.ts";
import { evenly, type Material } from "./usual.ts";

/** Whether the baseline moved: the middle of its last third, in robust standard deviations of its first. */
export function driftOf(metrics: readonly Metric[], material: Material, rows: readonly number[]): Drift {
  const third = Math.floor(rows.length / 3);
  const usual = (values: Float64Array, of: readonly number[], leastSpread: number) =>
    usualOf(
      Float64Array.from(evenly(of, method.mostFitRows), (row) => values[row] ?? Number.NaN),
      leastSpread,
    );
  const moved = metrics
    .map(({ name }, m) => {
      const { values, leastSpread } = material.metrics[m] ?? { values: new Float64Array(), leastSpread: 1 };
      const before = usual(values, rows.slice(0, third), leastSpread);
      const after = usual(values, rows.slice(-third), leastSpread);
      return { metric: name, size: (after.centre - before.centre) / before.spread };
    })
    .filter(({ size }) => Math.abs(size) >= method.driftFrom)
    .sort((a, b) => Math.abs(b.size) - Math.abs(a.size) || (a.metric < b.metric ? -1 : 1));
  const [first] = moved;
  if (!first) return { drifted: false, metrics: [] };
  const more = moved.length === 1 ? "" : `, and ${moved.length - 1} more moved`;
  const way = first.size < 0 ? "down" : "up";
  const text = `in the baseline itself ${first.metric} went ${way} by ${Math.abs(first.size).toFixed(1)} robust sd${more}`;
  return { drifted: true, metrics: moved, text };
}
