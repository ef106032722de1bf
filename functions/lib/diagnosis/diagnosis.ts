import type { Cause } from "../cause/index.ts";
import type { Signals, Thresholds, Trouble } from "../evidence/index.ts";
import type { Workload } from "../workload/index.ts";

/** A fact for or against a cause, in one sentence with its numbers. */
export interface Finding {
  text: string;
  source: "pods" | "revisions" | "prometheus" | "log" | "alert" | "anomaly-score";
}

/** Why a workload is in trouble, how sure we are, and what speaks for and against it. */
export interface Diagnosis {
  cause: Cause;
  /** 0 to 1: 0.9 is hard evidence, 0.7 signals alone. */
  confidence: number;
  for: readonly Finding[];
  against: readonly Finding[];
}

/** How unlike itself the workload is: the reasons, the weightiest first; none where it is like itself. */
export interface Anomaly {
  /** Size, and how far it is from its usual level, in robust standard deviations; above zero is higher than usual. */
  reasons: readonly { metric: string; size: number; level: number; text: string }[];
}

/** All that a rule may look at. */
export interface Seen {
  workload: Workload;
  signals: Signals;
  thresholds: Thresholds;
  /** The symptoms that are there now. */
  troubles: readonly Trouble[];
  /** What anomaly-score says of now; undefined where it was not asked, or has not answered. */
  anomaly?: Anomaly;
  /** Since when alerts tell of crashes, or of memory; undefined where none does. Pods themselves remember only the last end. */
  crashingSince?: Date;
  now: Date;
}

/** Knows one cause: its diagnosis, or undefined when it is not that. */
export type Rule = (seen: Seen) => Diagnosis | undefined;

/** Hard evidence: the cluster itself says so. */
export const sure = 0.9;

/** Signals alone say so. */
export const likely = 0.7;

/** A finding of a kind of trouble, if it is there. */
export function troubleOf(seen: Seen, ...kinds: Trouble["kind"][]): Finding[] {
  return seen.troubles.filter(({ kind }) => kinds.includes(kind)).map(({ text, source }) => ({ text, source }));
}
