import { metricQueries, type Samples } from "../../anomaly/index.ts";
import { queryFor, type Windows } from "../../evidence/index.ts";
import type { WorkloadRef } from "../../workload/index.ts";
import { ask } from "./ask.ts";

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
        return ask(`${options.url}/api/v1/query_range`, parameters, options.timeoutMs);
      }),
    );
    return {
      samples: metricQueries.map(({ name, kind }, i) => ({
        name,
        kind,
        samples: answers[i]?.result[0]?.values ?? [],
      })),
      warnings: [...new Set(answers.flatMap(({ warnings }) => warnings))],
    };
  };
}
