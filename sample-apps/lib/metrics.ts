import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";

/** The metrics of one process: requests it serves, requests it makes, and Node's own. */
export type Metrics = ReturnType<typeof createMetrics>;

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Health, metrics and fault requests are never counted: probes would dilute error ratios. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  // The default of 10 ms wakes an idle process a hundred times a second.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 });
  return {
    registry,
    requests: new Counter({
      name: "http_requests_total",
      help: "Requests answered, by method, route pattern and status code.",
      labelNames: ["method", "route", "code"] as const,
      registers,
    }),
    duration: new Histogram({
      name: "http_request_duration_seconds",
      help: "Time from request to answer, by method and route pattern.",
      labelNames: ["method", "route"] as const,
      buckets: seconds,
      registers,
    }),
    clientRequests: new Counter({
      name: "http_client_requests_total",
      help: "Calls to other services, by peer and status code; error where no answer came.",
      labelNames: ["peer", "code"] as const,
      registers,
    }),
    clientDuration: new Histogram({
      name: "http_client_request_duration_seconds",
      help: "Time from call to answer, by peer.",
      labelNames: ["peer"] as const,
      buckets: seconds,
      registers,
    }),
  };
}
