import { metricQueries, type Samples } from "../../anomaly/index.ts";
import { queryFor, type Windows } from "../../evidence/index.ts";
import type { WorkloadRef } from "../../workload/index.ts";
import { ask, PrometheusError, type Result } from "./ask.ts";

/** Largest answer that is read, in bytes: each query has one series of at most 11,000 points, and several are read at once. */
const mostBytes = 2 * 2 ** 20;

/** From when to when, in seconds since the epoch, and how finely. */
export interface Range {
  startSeconds: number;
  endSeconds: number;
  stepSeconds: number;
}

/** What was read: a list of samples for each metric, empty where Prometheus had none, and what it warned of. */
export interface Metrics {
  samples: readonly Samples[];
  warnings: readonly string[];
}

/** Reads the metrics that a workload is judged by; rejects with PrometheusError when one of them can't be read. */
export type ReadMetrics = (workload: WorkloadRef, range: Range) => Promise<Metrics>;

/** Where Prometheus is, and how long one query may take. */
export interface MetricsOptions extends Windows {
  url: string;
  timeoutMs: number;
}

/** Metrics over Prometheus' API: one range query each. */
export function metricsFrom(options: MetricsOptions): ReadMetrics {
  return async (workload, { startSeconds, endSeconds, stepSeconds }) => {
    const answers = await Promise.all(
      metricQueries.map(({ query }) => {
        const parameters = {
          query: queryFor(query, workload, options),
          start: String(startSeconds),
          end: String(endSeconds),
          step: String(stepSeconds),
        };
        return ask(`${options.url}/api/v1/query_range`, parameters, options.timeoutMs, mostBytes);
      }),
    );
    return {
      samples: metricQueries.map(({ name, kind }, i) => ({
        name,
        kind,
        samples: samplesOf(answers[i]?.result[0]),
      })),
      warnings: [...new Set(answers.flatMap(({ warnings }) => warnings))],
    };
  };
}

/** The samples of a series, if there is one; rejects what is none. */
function samplesOf(series: Result | undefined): [number, string][] {
  if (series === undefined) return [];
  // Typed by what Prometheus says of itself: it may be something else that answers at its address.
  const values: unknown = series?.values;
  if (!Array.isArray(values) || !values.every(Array.isArray))
    throw new PrometheusError("Away", "the answer to a range query has no list of samples");
  return series.values ?? [];
}
