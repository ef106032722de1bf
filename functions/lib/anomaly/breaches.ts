import type { Question } from "./question.ts";
import type { Breach } from "./score.ts";

/** The hard limits that the judged points broke, each by the value farthest beyond it. */
export function breachesOf({ metrics, limits = [], judgedFrom, startSeconds, stepSeconds }: Question): Breach[] {
  return limits.flatMap((limit): Breach[] => {
    const values = metrics.find(({ name }) => name === limit.metric)?.values ?? new Float64Array();
    const { above = Number.POSITIVE_INFINITY, below = Number.NEGATIVE_INFINITY } = limit;
    let worst: { value: number; index: number; by: number } | undefined;
    for (let index = judgedFrom; index < values.length; index++) {
      const value = values[index] ?? Number.NaN;
      const by = Math.max(value - above, below - value);
      if (by > 0 && by > (worst?.by ?? 0)) worst = { value, index, by };
    }
    if (!worst) return [];
    const { value, index } = worst;
    const side = value > above ? `above its limit of ${brief(above)}` : `below its limit of ${brief(below)}`;
    const atSeconds = startSeconds + index * stepSeconds;
    return [{ limit, value, atSeconds, text: `${limit.metric} is ${brief(value)}, ${side}` }];
  });
}

function brief(value: number): string {
  return String(Number(value.toPrecision(3)));
}
