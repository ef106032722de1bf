/**
 * The one configuration of the method, for every workload. Numbers without a source of their own were measured on
 * labelled server metrics (scripts/bench/README.md); none is fitted to one series.
 */
export const method = {
  /** Counted up when the same question may get other bytes. */
  version: 1,
  /** Under so many usable points of baseline nothing is said of a workload. */
  fewestPoints: 30,
  /** Under so many, one robust z for each metric: there is nothing to hold out for more. */
  fewestForChannels: 256,
  /** A metric that lacks more than this share of the baseline is left out, and a baseline of such metrics says nothing. */
  mostMissing: 0.3,
  /** Days of baseline from which hours of the day are compared: one odd day must not make the rule. */
  daysForHours: 3,
  /** Values held in memory, over points and metrics: 3 million with their features are some 90 MB. */
  mostCells: 3_000_000,
  /** Metrics of a question. */
  mostMetrics: 240,
  /** The window of the rolling median and the longest of the windows that evidence is gathered over. */
  hourSeconds: 3600,
  /** Points of the rolling median and of the spread at most: with finer steps they look back less far. */
  mostInWindow: 720,
  halfLifeSeconds: 1800,
  stepBackSeconds: 300,
  spreadSeconds: 900,
  fewestInSpread: 4,
  slotSeconds: 300,
  clip: 50,
  /** Features of all metrics together that go into the principal components: its cost is their cube. */
  mostDimensions: 240,
  /** Rows of the baseline, evenly spread, that things are fitted to at most: a quantile of so many is off by 1 % of the ranks. */
  mostFitRows: 1024,
  /** For components at least so many for each dimension, where the baseline has them. */
  rowsForDimension: 10,
  /** What the components that are taken away explain; the rest is what the relations between metrics do not. */
  explained: 0.9,
  /** Share of the baseline, its end, that p are ranked in and nothing was fitted to. */
  heldOut: 1 / 3,
  /** Beyond this share of the held-out points p falls exponentially. */
  tailFrom: 0.98,
  /** The tail is fitted to so many points at least. */
  fewestInTail: 10,
  /** -log10 p of one channel at most: one channel alone must not decide. */
  cap: 8,
  /**
   * The mean evidence of an hour weighs so much more than that of a point. Measured from 1 to 1.5: from 1.1 on recall of short
   * events is paid for finding long ones; the mean alone loses half of the short ones.
   */
  lasting: 1.1,
  /** Points of that hour at least, with steps of more than 20 min, and at most, with steps of less than 1 s. */
  fewestInHour: 3,
  mostInHour: 3600,
  /** An alarm needs so many points of the last so many. */
  persistence: { points: 2, of: 3 },
  /**
   * The share of the budget that is aimed at: what comes after a baseline is a little less like it than its own end is. Measured
   * without: .6 to 1.6 of the budget.
   */
  ofBudget: 0.85,
  forest: { trees: 100, sampleSize: 256 },
  /** First third against last, in robust standard deviations. */
  driftFrom: 1,
} as const;
