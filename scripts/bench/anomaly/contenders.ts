import {
  type Budget,
  forestEngines,
  type Judgement,
  judge,
  type Metric,
  type Span,
  seedOf,
} from "../../../functions/lib/anomaly/index.ts";
import { generator } from "./chance.ts";

/** A stretch of metrics of which the points from `judgedFrom` on are to be scored. */
export interface Stretch {
  readonly name: string;
  readonly metrics: readonly Metric[];
  readonly judgedFrom: number;
  readonly startSeconds: number;
  readonly stepSeconds: number;
  readonly explain?: readonly Span[];
}

/** Scores of the judged points, higher is odder, and what else our method says. */
export interface Scored {
  readonly scores: Float64Array;
  readonly judgement?: Judgement;
}

/** One method of scoring. */
export type Contender = (stretch: Stretch, budget: Budget) => Scored;

/** All methods that are compared, ours first. */
export const contenders: Readonly<Record<string, Contender>> = {
  autoheal: ours,
  "isolation forest, raw": rawForest,
  "robust z": robustZ,
  random: ({ name, ...stretch }) => ({ scores: judgedPoints(stretch).map(generator(seedOf(name))) }),
};

/** Our method as it is shipped. A stretch that it does not judge scores nothing. */
function ours(stretch: Stretch, budget: Budget): Scored {
  const answer = judge({ ...stretch, cuts: [], seed: stretch.name, budget, engine: forestEngines.own });
  if (answer.verdict === "INSUFFICIENT_DATA") return { scores: judgedPoints(stretch) };
  // Not the score: towards 1 it has no digits left.
  return { scores: answer.points.p.map((p) => -Math.log10(p)), judgement: answer };
}

function rawForest(stretch: Stretch): Scored {
  const { metrics, judgedFrom, name } = stretch;
  const rows = (from: number, to: number) => {
    const values = new Float64Array((to - from) * metrics.length);
    metrics.forEach((metric, m) => {
      for (let i = from; i < to; i++) values[(i - from) * metrics.length + m] = metric.values[i] ?? Number.NaN;
    });
    return { values, columns: metrics.length };
  };
  const options = { trees: 100, sampleSize: 256, seed: seedOf(name) };
  const forest = forestEngines.own.fit(rows(0, judgedFrom), options);
  return { scores: forest.score(rows(judgedFrom, metrics[0]?.values.length ?? 0)) };
}

/** The largest distance of a metric from its median, in median deviations. */
function robustZ(stretch: Stretch): Scored {
  const scores = judgedPoints(stretch);
  for (const { values } of stretch.metrics) {
    const baseline = values.slice(0, stretch.judgedFrom).sort();
    const centre = middle(baseline);
    const deviation = 1.4826 * middle(baseline.map((value) => Math.abs(value - centre)).sort()) || 1e-6;
    for (let i = 0; i < scores.length; i++) {
      const size = Math.abs((values[stretch.judgedFrom + i] ?? centre) - centre) / deviation;
      scores[i] = Math.max(scores[i] ?? 0, size);
    }
  }
  return { scores };
}

function middle(sorted: Float64Array): number {
  return sorted[sorted.length >> 1] ?? 0;
}

function judgedPoints({ metrics, judgedFrom }: Pick<Stretch, "metrics" | "judgedFrom">): Float64Array {
  return new Float64Array(Math.max((metrics[0]?.values.length ?? 0) - judgedFrom, 0));
}
