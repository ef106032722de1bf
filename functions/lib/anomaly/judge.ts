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
import type { Judgement, Score } from "./score.ts";
import { alarmsOf, thresholdFor } from "./threshold.ts";

/** Answers a question: the same question has the same answer, to the bit. Never throws for what data may be. */
export function judge(question: Question): Score {
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
 * fitted to; fitted to all of it, the judged points are measured.
 */
function measure({ material, rows, judgedFrom }: Ready, question: Question, seed: number): Measured {
  const { engine, stepSeconds } = question;
  const small = rows.length < method.fewestForChannels;
  const split = Math.floor(rows.length * (1 - method.heldOut));
  const heldOut = small ? rows : rows.slice(split);
  const before = fitChannels(material, small ? rows : rows.slice(0, split), engine, seed);
  const channels = small ? before : fitChannels(material, rows, engine, seed);
  const reference = before.measure(heldOut);
  const calibration = calibrate(reference, stepSeconds);
  // What is gathered over the last hour begins before the judged points.
  const lead = Math.min(inPoints(method.hourSeconds, stepSeconds, method.shortPoints), judgedFrom);
  const points = material.table.points - judgedFrom + lead;
  const judged = channels.measure(Array.from({ length: points }, (_, k) => judgedFrom - lead + k));
  return { channels, judged: calibration(judged).subarray(lead), reference: calibration(reference) };
}

function judgement(
  question: Question,
  prepared: Ready,
  seed: number,
): Omit<Judgement, "breaches" | "baseline" | "repeat"> {
  const { stepSeconds, budget, judgedFrom, startSeconds } = question;
  const { channels, judged, reference } = measure(prepared, question, seed);
  const threshold = thresholdFor(budget, reference, stepSeconds);
  const score = judged.map((surprise) => surprise / (surprise + threshold));
  const p = judged.map((surprise) => 10 ** -surprise);
  const at = (index: number) => startSeconds + (judgedFrom + index) * stepSeconds;
  const alarm = new Uint8Array(judged.length);
  const alarms = alarmsOf(judged, threshold, stepSeconds);
  for (const { from, last } of alarms) alarm.fill(1, from, last + 1);
  const worst = judged.reduce(
    (best, surprise, i) => (surprise > (judged[best] ?? Number.NaN) || Number.isNaN(judged[best]) ? i : best),
    0,
  );
  const last = judged.length - 1;
  return {
    verdict: alarms.length > 0 ? "ANOMALOUS" : "NORMAL",
    score: score[worst] ?? Number.NaN,
    p: p[worst] ?? Number.NaN,
    atSeconds: at(worst),
    now: { score: score[last] ?? Number.NaN, p: p[last] ?? Number.NaN, alarm: alarm[last] === 1 },
    threshold: { budget, p: 10 ** -threshold, ...method.persistence },
    alarms: alarms.map(({ from, last }) => ({ fromSeconds: at(from), toSeconds: at(last + 1) })),
    reasons: reasonsOf(channels, prepared.metrics, prepared.judgedFrom + worst, {
      index: judgedFrom + worst,
      atSeconds: at(worst),
    }),
    points: { startSeconds: at(0), stepSeconds, p, score, alarm },
    drift: driftOf(prepared.metrics, prepared.material, prepared.rows),
  };
}
