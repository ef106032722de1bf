/** The driver of Prometheus' HTTP API (v1): signals of a workload, as series. */
import {
  defaultQueries,
  type Queries,
  queryFor,
  type Series,
  type Signals,
  type Windows,
} from "../../evidence/index.ts";
import type { WorkloadRef } from "../../workload/index.ts";
import { ask, type Result } from "./ask.ts";

export { PrometheusError } from "./ask.ts";
export { type Metrics, metricsFrom, type Range, type ReadMetrics } from "./metrics.ts";

/** Longest wait for an answer, in ms. */
const queryTimeoutMs = 4_000;

/** Where Prometheus is, and how finely it is asked. */
export interface PrometheusOptions extends Windows {
  url: string;
  /** How far back signals are read, in seconds. */
  historySeconds: number;
  /** Distance of samples, in seconds. */
  stepSeconds: number;
  queries?: Partial<Queries>;
}

/** Reads what Prometheus knows about a workload up to `now`; rejects with PrometheusError when it can't be asked. */
export type ReadSignals = (workload: WorkloadRef, now: Date) => Promise<Signals>;

/** Signals over Prometheus' API. */
export function signalsFrom(options: PrometheusOptions): ReadSignals {
  const queries = { ...defaultQueries, ...options.queries };

  const results = async (way: "query" | "query_range", parameters: Record<string, string>) =>
    (await ask(`${options.url}/api/v1/${way}`, parameters, queryTimeoutMs)).result;

  return async (workload, now) => {
    const readAt = now.getTime() / 1000;
    const range = async (query: string) => {
      const parameters = {
        query: queryFor(query, workload, options),
        start: String(readAt - options.historySeconds),
        end: String(readAt),
        step: String(options.stepSeconds),
      };
      return results("query_range", parameters);
    };
    const instant = (query: string) =>
      results("query", {
        query: queryFor(query, workload, options),
        time: String(readAt),
      });
    const [cpu, memory, requests, errors, p99, peerErrors, peerP99, peerOwn, ready] = await Promise.all([
      range(queries.cpuByPod),
      range(queries.memoryByPod),
      range(queries.requestRate),
      range(queries.errorRatio),
      range(queries.p99Seconds),
      range(queries.peerErrorRatio),
      range(queries.peerP99Seconds),
      range(queries.peerOwnErrorRatio),
      instant(queries.readyByRevision),
    ]);
    const peerErrorRatio = by("peer", peerErrors);
    const peerP99Seconds = by("peer", peerP99);
    const ownErrorRatio = by("service", peerOwn);
    const peers = new Set([...Object.keys(peerErrorRatio), ...Object.keys(peerP99Seconds)]);
    return {
      readAt,
      stepSeconds: options.stepSeconds,
      cpuByPod: by("pod", cpu),
      memoryByPod: by("pod", memory),
      requestRate: only(requests),
      errorRatio: only(errors),
      p99Seconds: only(p99),
      peers: Object.fromEntries(
        [...peers].map((peer) => [
          peer,
          {
            errorRatio: peerErrorRatio[peer] ?? [],
            p99Seconds: peerP99Seconds[peer] ?? [],
            ownErrorRatio: ownErrorRatio[peer] ?? [],
          },
        ]),
      ),
      readyByRevision: Object.fromEntries(
        ready.map(({ metric, value }) => [metric.revision ?? "", Number(value?.[1] ?? 0)]),
      ),
    };
  };
}

function seriesOf({ values = [] }: Result): Series {
  return values.map(([at, value]) => ({ at, value: Number(value) })).filter(({ value }) => Number.isFinite(value));
}

function only([result]: Result[]): Series {
  return result ? seriesOf(result) : [];
}

/** Without a prototype: a service may be called `constructor`. */
function by(label: string, results: Result[]): Record<string, Series> {
  const series = results.map((result) => [result.metric[label] ?? "", seriesOf(result)] as const);
  return Object.assign(Object.create(null), Object.fromEntries(series));
}
