import type { ForestEngine } from "./forest/index.ts";
import type { Budget, Limit, Span } from "./question.ts";

/** The answer to a question. */
export type Score = Judgement | TooLittle;

/** The judged points are like the baseline, or they are not. */
export interface Judgement extends Answered {
  /** ANOMALOUS when an alarm was raised anywhere in the judged points. */
  readonly verdict: "NORMAL" | "ANOMALOUS";
  /** The highest score of the judged points, in [0,1]: .5 is the threshold, and each more rare point is higher. */
  readonly score: number;
  /** The p of that point: how often the baseline, without anything wrong, has one as odd. What goes into benjaminiHochberg. */
  readonly p: number;
  /** When that point was, in seconds since the epoch. */
  readonly atSeconds: number;
  /** The last judged point: whether an alarm goes on at the end. */
  readonly now: { readonly score: number; readonly p: number; readonly alarm: boolean };
  readonly threshold: Threshold;
  /** Alarms in the judged points, oldest first; one that goes on ends at the end of what was asked. */
  readonly alarms: readonly Explained[];
  /** At most three, the weightiest first, of the point of the highest score; empty when nothing is odd. */
  readonly reasons: readonly Reason[];
  /** The stretches that the question wanted to be explained, in its order. */
  readonly explained: readonly Explained[];
  readonly points: Points;
  readonly drift: Drift;
}

/** A stretch by its oddest point; where nothing is known of it, p is NaN and there is no reason. */
export interface Explained extends Span {
  readonly p: number;
  readonly score: number;
  readonly reasons: readonly Reason[];
}

/** There is not enough to judge by: only hard limits were looked at. */
export interface TooLittle extends Answered {
  readonly verdict: "INSUFFICIENT_DATA";
  readonly why: TooLittleReason;
  /** `17 usable points before the judged ones; at least 30 are needed`. */
  readonly message: string;
}

/** Why there is no judgement. TooLarge: more was asked to be judged than is held in memory. */
export type TooLittleReason = "NoMetrics" | "NothingToJudge" | "TooFewPoints" | "TooManyMissing" | "TooLarge";

interface Answered {
  /** Hard limits that the judged points broke. */
  readonly breaches: readonly Breach[];
  readonly baseline: Baseline;
  readonly repeat: Repeat;
}

/** A hard limit that was broken. */
export interface Breach {
  readonly limit: Limit;
  /** The value farthest beyond it, and when it was. */
  readonly value: number;
  readonly atSeconds: number;
  /** `memory working set is 0.97, above its limit of 0.95`. */
  readonly text: string;
}

/** What the judgement was calibrated to. */
export interface Threshold {
  readonly budget: Budget;
  /** A point is beyond it when its p is below. */
  readonly p: number;
  /** So many points of the last `of` have to be beyond it. */
  readonly points: number;
  readonly of: number;
}

/** Why a point is odd: one metric, and what it is measured against. */
export interface Reason {
  readonly metric: string;
  readonly against: Against;
  /** Robust standard deviations, signed: above zero is higher than usual. */
  readonly size: number;
  /** From its usual level, in the same unit, whatever it is compared with: what rises from below it is not high yet. */
  readonly level: number;
  /** The value itself, as it was measured. */
  readonly value: number;
  readonly atSeconds: number;
  /** `p99 latency is 8.2 robust sd above this hour's usual`. */
  readonly text: string;
}

/** What a value is compared with. Relation: with what the other metrics would lead one to expect. */
export type Against = "level" | "last-hour" | "trend" | "step" | "spread" | "time-of-day" | "relation";

/** Each judged point, by its place; NaN where nothing was known. */
export interface Points {
  readonly startSeconds: number;
  readonly stepSeconds: number;
  readonly p: Float64Array;
  readonly score: Float64Array;
  /** 1 where an alarm is on. */
  readonly alarm: Uint8Array;
}

/** Whether the baseline itself moved: its first third against its last. */
export interface Drift {
  readonly drifted: boolean;
  /** The metrics that moved, the farthest first, in robust standard deviations of the first third. */
  readonly metrics: readonly { readonly metric: string; readonly size: number }[];
  readonly text?: string;
}

/** What the judged points were compared with. */
export interface Baseline {
  /** Points that are left after cuts and what is missing. */
  readonly points: number;
  /** Share of values missing, of the metrics that were used. */
  readonly missing: number;
  /** `channels`: the whole method. `channels-without-hours`: under three days, nothing by time of day. `robust-z`: under 256 points. `none`: too few for anything. */
  readonly method: "channels" | "channels-without-hours" | "robust-z" | "none";
  /** Metrics that say nothing (never a value, or missing too often in the baseline) and were left out. */
  readonly leftOut: readonly string[];
  /** Points at the beginning that were not looked at, since more are not held in memory. */
  readonly thinned: number;
}

/** What is needed to get the same bytes again, with the same question. */
export interface Repeat {
  readonly seed: string;
  readonly engine: ForestEngine["name"];
  /** Counted up when the same question may get other bytes. */
  readonly methodVersion: number;
  /** SHA-256 of the method's configuration, in hex, its first 16 digits. */
  readonly configDigest: string;
  /** The same of the question. */
  readonly questionDigest: string;
}
