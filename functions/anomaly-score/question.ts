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

/** Most points, of all metrics together, that a question holds: values are few where samples are far apart, points are not. */
const mostCells = 1_000_000;

/** Most judged points that are answered one by one. */
const mostAnswered = 100_000;

/** The range of a workload's metrics that a question looks at, on multiples of its step: asked again, the same points. */
export function gridOf(asked: Asked, defaults: Defaults, sinceSeconds: number, now: Date): Grid | Unasked {
  const stepSeconds = asked.stepSeconds ?? defaults.stepSeconds;
  const end = Math.floor((asked.atSeconds ?? now.getTime() / 1000) / stepSeconds);
  const judged = judgedPoints(asked, defaults, stepSeconds);
  // Who asks for a finer step alone gets as much of the usual baseline as there is room for.
  const usual = Math.min(Math.ceil(defaults.baselineSeconds / stepSeconds), Math.max(1, mostPoints - judged));
  const baseline = asked.baselineSeconds === undefined ? usual : Math.ceil(asked.baselineSeconds / stepSeconds);
  if (baseline + judged > mostPoints) {
    return { why: `step, baseline and judged make ${baseline + judged} points: expected at most ${mostPoints}` };
  }
  const first = Math.max(end - judged - baseline + 1, Math.min(Math.ceil(sinceSeconds / stepSeconds), end));
  return { startSeconds: first * stepSeconds, stepSeconds, points: end - first + 1 };
}

/**
 * Puts samples on the grid, and asks. Without a grid they make their own, of which the asker's end and baseline leave a part;
 * a tenth of it is judged where nobody says how much.
 */
export function questionOf(
  asked: Asked,
  samples: readonly Samples[],
  around: { grid?: Grid; cuts?: readonly Span[]; seed: string; defaults: Defaults; engine: ForestEngine },
): Prepared | Unasked {
  const { defaults } = around;
  const whole = alignSamples(samples, around.grid ?? gridOfStep(asked, samples));
  if (!whole.aligned) return { why: whole.message };
  const { notes } = whole;
  const part = around.grid ? partOfGrid(whole.grid, asked, defaults) : partAsked(whole.grid, asked, defaults);
  if ("why" in part) return part;
  const cells = part.grid.points * samples.length;
  if (cells > mostCells) {
    return {
      why: `${part.grid.points} points of ${samples.length} metrics: expected at most ${mostCells} of all together`,
    };
  }
  if (asked.points && part.judged > mostAnswered) {
    return { why: `points: ${part.judged} are judged, and at most ${mostAnswered} are answered one by one` };
  }
  const aligned = part.grid === whole.grid ? whole : alignSamples(samples, part.grid);
  if (!aligned.aligned) return { why: aligned.message };
  const { grid, metrics } = aligned;
  return {
    notes,
    question: {
      startSeconds: grid.startSeconds,
      stepSeconds: grid.stepSeconds,
      metrics,
      judgedFrom: Math.max(0, grid.points - part.judged),
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

/** A grid, and how many of its last points are judged. */
interface Part {
  readonly grid: Grid;
  readonly judged: number;
}

function partOfGrid(grid: Grid, asked: Asked, defaults: Defaults): Part {
  return { grid, judged: judgedPoints(asked, defaults, grid.stepSeconds) };
}

/** What the asker's end and baseline leave of the grid of what came along; a later end leaves points without a value. */
function partAsked(grid: Grid, asked: Asked, defaults: Defaults): Part | Unasked {
  const { startSeconds, stepSeconds, points } = grid;
  const { atSeconds, baselineSeconds } = asked;
  const end = atSeconds === undefined ? points : Math.floor((atSeconds - startSeconds) / stepSeconds) + 1;
  if (end < 1) return { why: "at: every sample is later" };
  const judged = asked.judged ? judgedPoints(asked, defaults, stepSeconds) : Math.max(1, Math.round(end / 10));
  const first =
    baselineSeconds === undefined ? 0 : Math.max(0, end - judged - Math.ceil(baselineSeconds / stepSeconds));
  if (first === 0 && end === points) return { grid, judged };
  return { grid: { startSeconds: startSeconds + first * stepSeconds, stepSeconds, points: end - first }, judged };
}

/** The grid of the asker's step from the first of the samples to the last; undefined where they have to tell the step too. */
function gridOfStep({ stepSeconds }: Asked, samples: readonly Samples[]): Grid | undefined {
  if (stepSeconds === undefined) return undefined;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { samples: pairs } of samples) {
    for (const [at] of pairs) [first, last] = [Math.min(first, at), Math.max(last, at)];
  }
  if (!(last >= first)) return undefined;
  return { startSeconds: first, stepSeconds, points: Math.floor((last - first) / stepSeconds) + 1 };
}
