import type { MetricKind } from "./question.ts";

/** One metric of a workload and its PromQL, with the placeholders of `queryFor` (evidence). */
export interface MetricQuery {
  readonly name: string;
  readonly kind: MetricKind;
  readonly query: string;
}

const pods = `namespace="$namespace",pod=~"$pods"`;
const containers = `${pods},container!="",container!="POD"`;
const requests = `sum(rate(http_requests_total{${pods}}[$window]))`;
const quantile = (share: number) =>
  `histogram_quantile(${share}, sum by (le) (rate(http_request_duration_seconds_bucket{${pods}}[$window])))`;

/**
 * What a workload is judged by. Names of metrics and labels are those of evidence's queries. Memory is that of the pod that
 * uses most: a leak in one pod would drown in a sum. A ratio of no requests is no value.
 */
export const metricQueries: readonly MetricQuery[] = [
  { name: "CPU", kind: "rate", query: `sum(rate(container_cpu_usage_seconds_total{${containers}}[$containerWindow]))` },
  {
    name: "memory working set",
    kind: "bytes",
    query: `max(sum by (pod) (max by (pod, container) (last_over_time(container_memory_working_set_bytes{${containers}}[$containerWindow]))))`,
  },
  { name: "p50 latency", kind: "seconds", query: quantile(0.5) },
  { name: "p99 latency", kind: "seconds", query: quantile(0.99) },
  {
    name: "error ratio",
    kind: "ratio",
    query: `(sum(rate(http_requests_total{${pods},code=~"5.."}[$window])) or vector(0)) / (${requests} > 0)`,
  },
  { name: "request rate", kind: "rate", query: requests },
  {
    name: "restarts",
    kind: "count",
    query: `sum(increase(kube_pod_container_status_restarts_total{${pods}}[$window]))`,
  },
];
