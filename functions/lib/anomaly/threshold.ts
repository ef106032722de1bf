import { inPoints } from "./features.ts";
import { method } from "./method.ts";
import type { Budget } from "./question.ts";

/** An alarm by its points: where it began, and the last one that was beyond the threshold. */
export interface Alarm {
  readonly from: number;
  readonly last: number;
}

/**
 * Alarms of a series of surprises, oldest first. One begins when enough of the last points are beyond the threshold, this one
 * among them, and takes in whatever is beyond it within an hour of the one before: flickering is one alarm, as it is for people.
 */
export function alarmsOf(surprises: Float64Array, threshold: number, stepSeconds: number): Alarm[] {
  const hour = inPoints(method.hourSeconds, stepSeconds, 1);
  const { points, of } = method.persistence;
  const alarms: { from: number; last: number }[] = [];
  for (let i = 0; i < surprises.length; i++) {
    if (!((surprises[i] ?? 0) >= threshold)) continue;
    let beyond = 0;
    for (let j = Math.max(0, i - of + 1); j <= i; j++) if ((surprises[j] ?? 0) >= threshold) beyond += 1;
    if (beyond < points) continue;
    const current = alarms.at(-1);
    if (current && i - current.last <= hour) current.last = i;
    else alarms.push({ from: i, last: i });
  }
  return alarms;
}

/** Alarms that have to be seen for a rate of them to be trusted. */
const fewestAlarms = 8;

/**
 * The least surprise that keeps within a budget of false alarms. The rate of alarms is counted on a reference, where nothing
 * is wrong, at a threshold that still has some; from there it falls tenfold with each whole step of -log10 p, as the share of
 * points does. So a budget far below what the reference could ever show is met by the tail.
 */
export function thresholdFor(budget: Budget, reference: Float64Array, stepSeconds: number): number {
  const highestFirst = reference
    .filter((value) => !Number.isNaN(value))
    .sort()
    .reverse();
  const perSecond = (method.ofBudget * budget.falseAlarms) / budget.perSeconds;
  const seconds = Math.max(highestFirst.length, 1) * stepSeconds;
  let best = { alarms: 1, level: highestFirst[0] ?? 0 };
  for (let at = 0; at < highestFirst.length / 10 && best.alarms < fewestAlarms; at = Math.ceil((at + 1) * 1.2)) {
    const level = highestFirst[at] ?? 0;
    const alarms = alarmsOf(reference, level, stepSeconds).length;
    if (alarms > best.alarms) best = { alarms, level };
  }
  return Math.max(best.level + Math.log10(best.alarms / seconds / perSecond), leastSurprise);
}

/** However many false alarms are allowed, one point in ten is no alarm. */
const leastSurprise = 1;
