import type { Reading, Series } from "./series.ts";

/** What Prometheus knew about a workload over the history, as series. An empty series: nothing was known. */
export interface Signals extends Reading {
  /** CPU used as a share of the limit, by pod: of the container that is closest to its own. */
  cpuByPod: Readonly<Record<string, Series>>;
  /** Memory working set as a share of the limit, by pod: of the container that is closest to its own. */
  memoryByPod: Readonly<Record<string, Series>>;
  /** Requests served per second. */
  requestRate: Series;
  /** Share of requests answered 5xx. */
  errorRatio: Series;
  /** 99th percentile of the time to answer, in seconds. */
  p99Seconds: Series;
  /** The services that it calls, as it sees them. */
  peers: Readonly<Record<string, Peer>>;
  /** The most pods that each revision, by name, ever had ready within memory. */
  readyByRevision: Readonly<Record<string, number>>;
}

/** A service that the workload calls. */
export interface Peer {
  /** Share of calls that failed or were answered 5xx, as the caller counts. */
  errorRatio: Series;
  /** 99th percentile of the calls' time, in seconds, as the caller measures. */
  p99Seconds: Series;
  /** Share of requests that the peer itself counts as answered 5xx. */
  ownErrorRatio: Series;
}

/** Signals when Prometheus knew nothing. */
export const noSignals: Signals = {
  readAt: 0,
  stepSeconds: 1,
  cpuByPod: {},
  memoryByPod: {},
  requestRate: [],
  errorRatio: [],
  p99Seconds: [],
  peers: {},
  readyByRevision: {},
};

/** Where a symptom begins, and how long back matters. The numbers are those of monitoring/rules. */
export interface Thresholds {
  cpuRatio: number;
  memoryRatio: number;
  errorRatio: number;
  p99Seconds: number;
  /** A symptom that began this long after a rollout is blamed on it. */
  revisionSeconds: number;
  /** A crash counts as one of now for so long. */
  crashSeconds: number;
  /** A pod that was ready and has not been for so long hangs. */
  hangSeconds: number;
  /** How long the history of signals is. */
  historySeconds: number;
}

/** Fits the rules that AutoHeal ships, on a cluster that scrapes every 30 s. */
export const defaultThresholds: Thresholds = {
  cpuRatio: 0.9,
  memoryRatio: 0.9,
  errorRatio: 0.05,
  p99Seconds: 0.5,
  revisionSeconds: 600,
  crashSeconds: 300,
  hangSeconds: 60,
  historySeconds: 3600,
};
