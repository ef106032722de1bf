import { featuresOf } from "./features.ts";
import { method } from "./method.ts";
import type { Metric, Question } from "./question.ts";
import type { Baseline, TooLittleReason } from "./score.ts";
import { leastSpread, transformed } from "./transform.ts";
import type { Material } from "./usual.ts";

/** A question made ready, or why it can't be judged. Points before `skipped` are not looked at. */
export type Prepared = {
  readonly skipped: number;
  readonly baseline: Baseline;
} & (
  | {
      readonly ready: true;
      /** In the order of their names, so that the order in which they were asked does not matter. */
      readonly metrics: readonly Metric[];
      readonly material: Material;
      /** The points of the baseline that are left, and the first judged one, counted from `skipped`. */
      readonly rows: readonly number[];
      readonly judgedFrom: number;
    }
  | { readonly ready: false; readonly why: TooLittleReason; readonly message: string }
);

/** What of the baseline can be used, and how far that reaches. */
export function prepare(question: Question): Prepared {
  const { judgedFrom, stepSeconds } = question;
  const points = question.metrics[0]?.values.length ?? 0;
  const room = roomFor(question.metrics.length);
  const skipped = Math.max(0, points - room);
  const none = (why: TooLittleReason, message: string, more: Partial<Baseline> = {}): Prepared => ({
    ready: false,
    skipped,
    why,
    message,
    baseline: { points: 0, missing: 1, method: "none", leftOut: [], thinned: skipped, ...more },
  });
  if (question.metrics.length === 0) return none("NoMetrics", "no metric was given");
  if (judgedFrom >= points) return none("NothingToJudge", "no point is to be judged");
  if (question.metrics.length > method.mostMetrics) {
    return none("TooLarge", `${question.metrics.length} metrics; at most ${method.mostMetrics} are judged at once`);
  }
  if (judgedFrom - skipped < Math.min(judgedFrom, method.fewestForChannels)) {
    return none("TooLarge", `${points - judgedFrom} points are to be judged; at most ${room} fit, with their baseline`);
  }
  const inBaseline = rowsOutsideCuts(question, skipped);
  if (inBaseline.length < method.fewestPoints) return tooFew(inBaseline.length, none);
  const { used, leftOut, missing } = metricsToUse(question.metrics, inBaseline);
  if (used.length === 0) {
    const share = Math.round(method.mostMissing * 100);
    return none("TooManyMissing", `every metric lacks more than ${share} % of the baseline`, { leftOut });
  }
  const rows = inBaseline.filter((row) => 2 * knownAt(used, row) >= used.length).map((row) => row - skipped);
  if (rows.length < method.fewestPoints) return tooFew(rows.length, none);
  const byHours = rows.length * stepSeconds >= method.daysForHours * 86_400 && rows.length >= method.fewestForChannels;
  const scaled = used.map(({ kind, values }) => {
    const changed = transformed(values.subarray(skipped), kind);
    return { values: changed, leastSpread: leastSpread(kind, farthestFromZero(changed, judgedFrom - skipped)) };
  });
  return {
    ready: true,
    skipped,
    metrics: used,
    rows,
    judgedFrom: judgedFrom - skipped,
    baseline: {
      points: rows.length,
      missing,
      method: rows.length < method.fewestForChannels ? "robust-z" : byHours ? "channels" : "channels-without-hours",
      leftOut,
      thinned: skipped,
    },
    material: {
      metrics: scaled,
      table: featuresOf(
        scaled.map(({ values }) => values),
        stepSeconds,
      ),
      startSeconds: question.startSeconds + skipped * stepSeconds,
      stepSeconds,
      byHours,
    },
  };
}

/**
 * How far the first values go from zero. Plain steps in a function of its own: as a `for of` over a part of the array within the
 * caller's loop, Node.js 24.21 answered one metric's value for all of them, in one process out of thirty.
 */
function farthestFromZero(values: Float64Array, end: number): number {
  let farthest = 0;
  for (let i = 0; i < end; i++) {
    const distance = Math.abs(values[i] ?? 0);
    // NaN is no more than anything.
    if (distance > farthest) farthest = distance;
  }
  return farthest;
}

/** How many points of so many metrics are looked at: the last ones. */
export function roomFor(metrics: number): number {
  return Math.floor(method.mostCells / Math.max(metrics, 1));
}

type None = (why: TooLittleReason, message: string) => Prepared;

function tooFew(count: number, none: None): Prepared {
  return none(
    "TooFewPoints",
    `${count} usable points before the judged ones; at least ${method.fewestPoints} are needed`,
  );
}

/** The points of the baseline that no cut takes out. */
function rowsOutsideCuts({ startSeconds, stepSeconds, judgedFrom, cuts }: Question, skipped: number): number[] {
  const rows: number[] = [];
  for (let row = skipped; row < judgedFrom; row++) {
    const seconds = startSeconds + row * stepSeconds;
    if (!cuts.some(({ fromSeconds, toSeconds }) => seconds >= fromSeconds && seconds < toSeconds)) rows.push(row);
  }
  return rows;
}

function knownAt(metrics: readonly Metric[], row: number): number {
  return metrics.reduce((known, { values }) => known + (Number.isFinite(values[row]) ? 1 : 0), 0);
}

/** Metrics that say enough about the baseline, and which share of their values is missing nevertheless. */
function metricsToUse(
  metrics: readonly Metric[],
  rows: readonly number[],
): { used: Metric[]; leftOut: string[]; missing: number } {
  const used: Metric[] = [];
  const leftOut: string[] = [];
  let missing = 0;
  for (const metric of metrics.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))) {
    const absent = rows.reduce((count, row) => count + (Number.isFinite(metric.values[row]) ? 0 : 1), 0) / rows.length;
    if (absent > method.mostMissing) leftOut.push(metric.name);
    else {
      used.push(metric);
      missing += absent;
    }
  }
  return { used, leftOut, missing: used.length === 0 ? 1 : missing / used.length };
}
