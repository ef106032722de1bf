/** Evidence is facts read about a workload, each with where it came from and when: pods, revisions, and signals of Prometheus. */
export { defaultQueries, type Queries, queryFor, type Windows } from "./queries.ts";
export {
  aboveSince,
  firstAbove,
  highest,
  latest,
  levelBetween,
  median,
  type Reading,
  type Sample,
  type Series,
  slopePerSecond,
} from "./series.ts";
export { defaultThresholds, noSignals, type Peer, type Signals, type Thresholds } from "./signals.ts";
export { hungPods, type Moment, ofLive, percent, type Trouble, troublesOf } from "./trouble.ts";
