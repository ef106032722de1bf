import { breachesOf } from "./breaches.ts";
import { type Channels, fitChannels } from "./channels.ts";
import { driftOf } from "./drift.ts";
import { calibrate } from "./evidence.ts";
import { inPoints } from "./features.ts";
import { method } from "./method.ts";
import { type Prepared, prepare } from "./prepare.ts";
import type { Question } from "./question.ts";
import { reasonsOf } from "./reasons.ts";
import { forestSeed, repeatOf } from "./repeat.ts";
import { fitRobustZ } from "./robust-z.ts";
import type { Explained, Judgement, Score } from "./score.ts";
import { alarmsOf, thresholdFor } from "./threshold.ts";

/**
 * Answers a question: the same question has the same answer, to the bit. Never throws for what data may be; throws RangeError
 * for a step that is none, or a first judged point that is no index.
 */
export function judge(question: Question): Score {
  const { stepSeconds, judgedFrom } = question;
  if (!(stepSeconds > 0)) throw new RangeError(`stepSeconds is ${stepSeconds}; allowed: above 0`);
  if (!Number.isInteger(judgedFrom) || judgedFrom < 0) {
    throw new RangeError(`judgedFrom is ${judgedFrom}; allowed: a whole number from 0`);
  }
  const prepared = prepare(question);
  const answered = {
    breaches: breachesOf(question),
    baseline: prepared.baseline,
    repeat: repeatOf(question),
  };
  if (!prepared.ready) {
    return { verdict: "INSUFFICIENT_DATA", why: prepared.why, message: prepared.message, ...answered };
  }
  return { ...judgement(question, prepared, forestSeed(answered.repeat)), ...answered };
}

type Ready = Extract<Prepared, { ready: true }>;

/** Surprises of the judged points and of the points of the baseline that they were calibrated on, and what was fitted. */
interface Measured {
  readonly channels: Channels;
  readonly judged: Float64Array;
  readonly reference: Float64Array;
}

/**
 * Twice the same: fitted to the first part of the baseline, the held-out rest tells what is normal for points that nothing was
 * fitted to; fitted to all of it, the judged points are measured. A short baseline can't spare what would be held out.
 */
function measure({ material, rows, judgedFrom }: Ready, question: Question, seed: number): Measured {
  const { engine, stepSeconds } = question;
  const small = rows.length < method.fewestForChannels;
  const split = Math.floor(rows.length * (1 - method.heldOut));
  const heldOut = small ? rows : rows.slice(split);
  const fitted = (to: readonly number[]) =>
    small ? fitRobustZ(material, to) : fitChannels(material, to, engine, seed);
  const channels = fitted(rows);
  const before = small ? channels : fitted(rows.slice(0, split));
  const reference = before.measure(heldOut);
  const calibration = calibrate(reference, stepSeconds);
  // What is gathered over the last hour begins before the judged points.
  const lead = Math.min(inPoints(method.hourSeconds, stepSeconds, method.fewestInHour, method.mostInHour), judgedFrom);
  const points = material.table.points - judgedFrom + lead;
  const judged = channels.measure(Array.from({ length: points }, (_, k) => judgedFrom - lead + k));
  return { channels, judged: calibration(judged).subarray(lead), reference: calibration(reference) };
}

function judgement(
  question: Question,
  prepared: Ready,
  seed: number,
): Omit<Judgement, "breaches" | "baseline" | "repeat"> {
  const { stepSeconds, budget, judgedFrom, startSeconds, explain = [] } = question;
  const { channels, judged, reference } = measure(prepared, question, seed);
  const threshold = thresholdFor(budget, reference, stepSeconds);
  const score = judged.map((surprise) => surprise / (surprise + threshold));
  const p = judged.map((surprise) => 10 ** -surprise);
  const at = (index: number) => startSeconds + (judgedFrom + index) * stepSeconds;
  const reasonsAt = (index: number) =>
    reasonsOf(channels, prepared.metrics, {
      index: prepared.judgedFrom + index,
      skipped: prepared.skipped,
      atSeconds: at(index),
    });
  /** The points from one to before another, by the oddest of them. */
  const explained = (from: number, to: number): Explained => {
    const worst = oddest(judged, Math.max(from, 0), Math.min(to, judged.length));
    return {
      fromSeconds: at(from),
      toSeconds: at(to),
      p: p[worst] ?? Number.NaN,
      score: score[worst] ?? Number.NaN,
      reasons: worst < 0 ? [] : reasonsAt(worst),
    };
  };
  const alarm = new Uint8Array(judged.length);
  const alarms = alarmsOf(judged, threshold, stepSeconds);
  for (const { from, last } of alarms) alarm.fill(1, from, last + 1);
  const worst = oddest(judged, 0, judged.length);
  const last = judged.length - 1;
  const indexOf = (seconds: number) => Math.round((seconds - at(0)) / stepSeconds);
  return {
    verdict: alarms.length > 0 ? "ANOMALOUS" : "NORMAL",
    score: score[worst] ?? Number.NaN,
    p: p[worst] ?? Number.NaN,
    atSeconds: at(Math.max(worst, 0)),
    now: { score: score[last] ?? Number.NaN, p: p[last] ?? Number.NaN, alarm: alarm[last] === 1 },
    threshold: { budget, p: 10 ** -threshold, ...method.persistence },
    alarms: alarms.map(({ from, last }) => explained(from, last + 1)),
    reasons: worst < 0 ? [] : reasonsAt(worst),
    explained: explain.map(({ fromSeconds, toSeconds }) => explained(indexOf(fromSeconds), indexOf(toSeconds))),
    points: { startSeconds: at(0), stepSeconds, p, score, alarm },
    drift: driftOf(prepared.metrics, prepared.material, prepared.rows),
  };
}

/** The index of the most surprising of some points; -1 where nothing is known. */
function oddest(surprises: Float64Array, from: number, to: number): number {
  let worst = -1;
  for (let i = from; i < to; i++) {
    const surprise = surprises[i] ?? Number.NaN;
    if (surprise > (worst < 0 ? -1 : (surprises[worst] ?? -1))) worst = i;
  }
  return worst;
}
