import type { ForestEngine } from "./forest/index.ts";

/** What a metric's values are: decides how they are made comparable (log1p of bytes, seconds, rates and counts, a signed square root of ratios, nothing of other values). */
export type MetricKind = "bytes" | "seconds" | "rate" | "ratio" | "count" | "value";

/** One metric of a workload, aligned to the step; NaN where there was no sample. */
export interface Metric {
  /** As it is told in reasons, unique within a question: `p99 latency`. */
  readonly name: string;
  readonly kind: MetricKind;
  readonly values: Float64Array;
}

/** A stretch of time in seconds since the epoch, the end not in it. */
export interface Span {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** So many false alarms, on average, in so many seconds: `{ falseAlarms: 1, perSeconds: 604_800 }` is one a week. */
export interface Budget {
  readonly falseAlarms: number;
  readonly perSeconds: number;
}

/** A hard limit, which holds whatever is usual, and is all that holds when there is too little data. */
export interface Limit {
  /** The name of the metric. */
  readonly metric: string;
  readonly above?: number;
  readonly below?: number;
}

/** What is asked: are the judged points of this workload's metrics like those before them? */
export interface Question {
  /** When the first point was, in seconds since the epoch: hours of the day are counted from it, in UTC. */
  readonly startSeconds: number;
  readonly stepSeconds: number;
  /** All of the same length. */
  readonly metrics: readonly Metric[];
  /** Index of the first judged point; what is before it is the baseline. */
  readonly judgedFrom: number;
  /** Parts of the baseline that are not normal: known incidents and rollouts. */
  readonly cuts: readonly Span[];
  /** Names the workload: same seed, same question, same bytes. */
  readonly seed: string;
  readonly budget: Budget;
  readonly engine: ForestEngine;
  readonly limits?: readonly Limit[];
  /** Stretches of the judged points whose oddest point is to be explained too, alarm or not: that of an alert, say. */
  readonly explain?: readonly Span[];
}
