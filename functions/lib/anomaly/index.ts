/**
 * An anomaly is a stretch of a workload's metrics that the same workload, when nothing is wrong, hardly ever shows. It is
 * no diagnosis: it says that something is odd, how rare that is (p), and which metrics are odd, never why.
 */
export { type Aligned, alignSamples, type Grid, type Samples } from "./align.ts";
export { benjaminiHochberg } from "./false-discovery.ts";
export {
  type Forest,
  type ForestEngine,
  type ForestOptions,
  forestEngines,
  seedOf,
  type Table,
} from "./forest/index.ts";
export { judge } from "./judge.ts";
export { type MetricQuery, metricQueries } from "./metrics.ts";
export type { Budget, Limit, Metric, MetricKind, Question, Span } from "./question.ts";
export type {
  Against,
  Baseline,
  Breach,
  Drift,
  Explained,
  Judgement,
  Points,
  Reason,
  Repeat,
  Score,
  Threshold,
  TooLittle,
  TooLittleReason,
} from "./score.ts";
