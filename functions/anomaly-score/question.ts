import {
  alignSamples,
  type ForestEngine,
  type Grid,
  type Question,
  type Samples,
  type Span,
} from "@autoheal/lib/anomaly";
import type { Defaults } from "./config.ts";
import type { Asked } from "./request.ts";

/** Why there can be no question: in one sentence for whoever asked. */
export interface Unasked {
  readonly why: string;
}

/** A question, and what was found on the way to it. */
export interface Prepared {
  readonly question: Question;
  readonly notes: readonly string[];
}

/** Most points of one metric that are asked of Prometheus, which refuses more than 11,000. */
const mostPoints = 10_000;

/** The range of a workload's metrics that a question looks at, on multiples of its step: asked again, the same points. */
export function gridOf(asked: Asked, defaults: Defaults, sinceSeconds: number, now: Date): Grid | Unasked {
  const stepSeconds = asked.stepSeconds ?? defaults.stepSeconds;
  const end = Math.floor((asked.atSeconds ?? now.getTime() / 1000) / stepSeconds);
  const judged = judgedPoints(asked, defaults, stepSeconds);
  const baseline = Math.ceil((asked.baselineSeconds ?? defaults.baselineSeconds) / stepSeconds);
  if (baseline + judged > mostPoints) {
    return { why: `step, baseline and judged make ${baseline + judged} points: expected at most ${mostPoints}` };
  }
  const first = Math.max(end - judged - baseline + 1, Math.min(Math.ceil(sinceSeconds / stepSeconds), end));
  return { startSeconds: first * stepSeconds, stepSeconds, points: end - first + 1 };
}

/** Puts samples on the grid, and asks. Without a grid they make their own, and a tenth of them is judged where nobody says how much. */
export function questionOf(
  asked: Asked,
  samples: readonly Samples[],
  around: { grid?: Grid; cuts?: readonly Span[]; seed: string; defaults: Defaults; engine: ForestEngine },
): Prepared | Unasked {
  const { defaults } = around;
  const aligned = alignSamples(samples, around.grid ?? gridAsked(asked, samples));
  if (!aligned.aligned) return { why: aligned.message };
  const { grid, metrics, notes } = aligned;
  const judged =
    around.grid || asked.judged
      ? judgedPoints(asked, defaults, grid.stepSeconds)
      : Math.max(1, Math.round(grid.points / 10));
  return {
    notes,
    question: {
      startSeconds: grid.startSeconds,
      stepSeconds: grid.stepSeconds,
      metrics,
      judgedFrom: Math.max(0, grid.points - judged),
      cuts: around.cuts ?? [],
      seed: asked.seed ?? around.seed,
      budget: asked.budgetSeconds ? { falseAlarms: 1, perSeconds: asked.budgetSeconds } : defaults.budget,
      engine: around.engine,
    },
  };
}

function judgedPoints({ judged }: Asked, { judgedSeconds }: Defaults, stepSeconds: number): number {
  if (judged && "points" in judged) return judged.points;
  return Math.max(1, Math.ceil((judged?.seconds ?? judgedSeconds) / stepSeconds));
}

/** The grid that the asker's step, baseline and end make of what came along; undefined where the samples have to tell it. */
function gridAsked({ stepSeconds, atSeconds }: Asked, samples: readonly Samples[]): Grid | undefined {
  if (stepSeconds === undefined && atSeconds === undefined) return undefined;
  const times = samples.flatMap(({ samples }) => samples.map(([at]) => at));
  const start = times.reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const end = atSeconds ?? times.reduce((most, at) => Math.max(most, at), Number.NEGATIVE_INFINITY);
  if (stepSeconds === undefined || !(end >= start)) return undefined;
  return { startSeconds: start, stepSeconds, points: Math.floor((end - start) / stepSeconds) + 1 };
}
