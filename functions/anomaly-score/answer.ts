import type { Score } from "@autoheal/lib/anomaly";
import { type WorkloadRef, workloadSubject } from "@autoheal/lib/workload";
import type { Prepared } from "./question.ts";

/** Numbers of a series as JSON has them: what is no number is null. */
const numbers = (values: Float64Array) => Array.from(values, (value) => (Number.isFinite(value) ? value : null));

/** The answer of `/score`, as its OpenAPI document says it; `points` only where they were asked for. */
export function answerOf(score: Score, prepared: Prepared, asked: { workload?: WorkloadRef; points: boolean }): object {
  const { question, notes } = prepared;
  const about = {
    ...(asked.workload ? { workload: workloadSubject(asked.workload) } : {}),
    verdict: score.verdict,
    notes,
  };
  const repeat = {
    ...score.repeat,
    startSeconds: question.startSeconds,
    stepSeconds: question.stepSeconds,
    judgedFrom: question.judgedFrom,
    cuts: question.cuts,
  };
  const { breaches, baseline } = score;
  if (score.verdict === "INSUFFICIENT_DATA") {
    return { ...about, why: score.why, message: score.message, breaches, baseline, repeat };
  }
  const { points, threshold, reasons, alarms, drift, p, atSeconds, now } = score;
  return {
    ...about,
    score: score.score,
    p,
    atSeconds,
    now,
    threshold,
    reasons,
    alarms,
    drift,
    breaches,
    baseline,
    ...(asked.points
      ? {
          points: {
            startSeconds: points.startSeconds,
            stepSeconds: points.stepSeconds,
            p: numbers(points.p),
            score: numbers(points.score),
            alarm: Array.from(points.alarm, Boolean),
          },
        }
      : {}),
    repeat,
  };
}
