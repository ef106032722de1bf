import type { WorkloadRef } from "../workload/index.ts";

/** The PromQL of each signal; `$namespace`, `$pods` (a regular expression), `$window` (of rates) and `$containerWindow` (of what cAdvisor tells) are filled in. */
export interface Queries {
  cpuByPod: string;
  memoryByPod: string;
  requestRate: string;
  errorRatio: string;
  p99Seconds: string;
  peerErrorRatio: string;
  peerP99Seconds: string;
  peerOwnErrorRatio: string;
  readyByRevision: string;
}

const pods = `namespace="$namespace",pod=~"$pods"`;
const server = "http_requests_total";
const client = "http_client_requests_total";

const statefulSet = `{namespace="$namespace",statefulset=~"$name"}`;

/** The ready pods of a StatefulSet while its rollout is through, by the name of its revision; what lasts a window is surely seen. */
const readyOfStatefulSet = `max by (revision) (kube_statefulset_status_current_revision${statefulSet}) * on (revision) max by (revision) (kube_statefulset_status_update_revision${statefulSet}) * on () group_left () max(kube_statefulset_status_replicas_ready${statefulSet})`;

/**
 * Queries for kube-prometheus-stack's label names and the RED metrics of the sample apps. Limits are those of containers:
 * of a pod, the container that is closest to its own counts, as in monitoring/rules. cAdvisor's samples carry their own
 * times, so that Prometheus goes on for five minutes with what a container that is gone used: only the window counts.
 */
export const defaultQueries: Queries = {
  cpuByPod: `max by (pod) (sum by (pod, container) (rate(container_cpu_usage_seconds_total{${pods},container!="",container!="POD"}[$containerWindow])) / max by (pod, container) (kube_pod_container_resource_limits{${pods},resource="cpu"}))`,
  memoryByPod: `max by (pod) (max by (pod, container) (last_over_time(container_memory_working_set_bytes{${pods},container!="",container!="POD"}[$containerWindow])) / max by (pod, container) (kube_pod_container_resource_limits{${pods},resource="memory"}))`,
  requestRate: `sum(rate(${server}{${pods}}[$window]))`,
  errorRatio: `(sum(rate(${server}{${pods},code=~"5.."}[$window])) or vector(0)) / (sum(rate(${server}{${pods}}[$window])) > 0)`,
  p99Seconds: `histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket{${pods}}[$window])))`,
  peerErrorRatio: `(sum by (peer) (rate(${client}{${pods},code=~"5..|error"}[$window])) or sum by (peer) (rate(${client}{${pods}}[$window])) * 0) / (sum by (peer) (rate(${client}{${pods}}[$window])) > 0)`,
  peerP99Seconds: `histogram_quantile(0.99, sum by (le, peer) (rate(http_client_request_duration_seconds_bucket{${pods}}[$window])))`,
  peerOwnErrorRatio: `(sum by (service) (rate(${server}{namespace="$namespace",code=~"5.."}[$window])) or sum by (service) (rate(${server}{namespace="$namespace"}[$window])) * 0) / (sum by (service) (rate(${server}{namespace="$namespace"}[$window])) > 0)`,
  readyByRevision: `max by (revision) (label_join(max_over_time(kube_replicaset_status_ready_replicas{namespace="$namespace",replicaset=~"$name-.*"}[1d]), "revision", "", "replicaset") or max_over_time((${readyOfStatefulSet})[1d:$window]))`,
};

/** The ranges that queries look over, in seconds. A kubelet tells of containers less often than apps are scraped. */
export interface Windows {
  /** Range of `rate`: at least two scrapes. */
  windowSeconds: number;
  /** Range of what cAdvisor tells of containers: at least two samples of it, which come every 10 to 15 s. */
  containerWindowSeconds: number;
}

/** Fills a query in. Names of Kubernetes objects hold nothing that PromQL or a regular expression would read, but dots. */
export function queryFor(query: string, workload: WorkloadRef, windows: Windows): string {
  return query
    .replaceAll("$namespace", workload.namespace)
    .replaceAll("$pods", podsOf(workload))
    .replaceAll("$name", literal(workload.name))
    .replaceAll("$window", milliseconds(windows.windowSeconds))
    .replaceAll("$containerWindow", milliseconds(windows.containerWindowSeconds));
}

function milliseconds(seconds: number): string {
  return `${Math.round(seconds * 1000)}ms`;
}

function literal(name: string): string {
  return name.replaceAll(".", "\\\\.");
}

/** The characters of generated names (apimachinery util/rand): with no vowels, few words look like one. */
const generated = "[bcdfghjklmnpqrstvwxz2456789]";

/** What comes before the five generated characters is cut to so many (apiserver storage/names). */
const mostBase = 58;

/** How controllers name the pods of a workload. */
function podsOf({ kind, name }: WorkloadRef): string {
  const base = `${name}-`.slice(0, mostBase);
  switch (kind) {
    case "Deployment": {
      const pods = `${literal(name)}-${generated}{1,10}-${generated}{5}`;
      const mayBeCut = name.length + "-".length + 10 + "-".length > mostBase;
      return mayBeCut ? `${pods}|${literal(base)}${generated}{${mostBase - base.length + 5}}` : pods;
    }
    case "StatefulSet":
      return `${literal(name)}-[0-9]+`;
    case "DaemonSet":
      return `${literal(base)}${generated}{5}`;
  }
}
