import { eventsOf } from "./volume.ts";

/** How many of the events were seen, and how many false alarms that took. */
export interface Seen {
  readonly recall: number;
  readonly falseAlarms: number;
}

/**
 * Counts alarms by the hour. A point beyond the threshold raises an alarm that lasts an hour; without a labelled point beyond
 * the threshold in that hour it is a false one, and after the hour the next point raises the next. What goes on for an hour after
 * the last such point of an event still belongs to it. So an alarm that is always on is 24 false ones a day, and flickering is not
 * many. An event is seen when one of its points is beyond.
 */
export function seen(beyond: (index: number) => boolean, labels: Uint8Array, stepSeconds: number): Seen {
  const hour = Math.max(1, Math.round(3600 / stepSeconds));
  const events = eventsOf(labels);
  const found = events.filter(([first, last]) => {
    for (let i = first; i <= last; i++) if (beyond(i)) return true;
    return false;
  });
  let falseAlarms = 0;
  let until = -1;
  let isFalse = false;
  for (let i = 0; i < labels.length; i++) {
    if (!beyond(i)) continue;
    if (labels[i] === 1) {
      if (isFalse && i < until) falseAlarms -= 1;
      isFalse = false;
      until = i + hour;
    } else if (i >= until) {
      falseAlarms += 1;
      isFalse = true;
      until = i + hour;
    }
  }
  return { recall: events.length === 0 ? Number.NaN : found.length / events.length, falseAlarms };
}

/** The days without an event. */
export function quietDays(labels: Uint8Array, stepSeconds: number): number {
  return (labels.reduce((quiet, label) => quiet + 1 - label, 0) * stepSeconds) / 86_400;
}

/**
 * The most events that any one threshold sees with no more than so many false alarms on a day without an event: what an oracle
 * that knows the labels would choose. Only the highest scores of events can be that threshold.
 */
export function recallWithin(scores: Float64Array, labels: Uint8Array, stepSeconds: number, perDay: number): number {
  const allowed = perDay * quietDays(labels, stepSeconds);
  const peaks = eventsOf(labels).map(([first, last]) => highest(scores.subarray(first, last + 1)));
  let best = 0;
  for (const peak of peaks) {
    const { recall, falseAlarms } = seen((i) => (scores[i] ?? 0) >= peak, labels, stepSeconds);
    if (falseAlarms <= allowed) best = Math.max(best, recall);
  }
  return peaks.length === 0 ? Number.NaN : best;
}

function highest(scores: Float64Array): number {
  return scores.reduce((a, b) => (Number.isNaN(b) ? a : Math.max(a, b)), Number.NEGATIVE_INFINITY);
}
