import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findMonitoringPrograms } from "../../../scripts/setup/programs.mjs";
import { defaultQueries, type Queries, queryFor } from "./index.ts";

const pod = "web-5d4f9c7b8d-x7k2p";
const of = (container: string) => `namespace="shop",pod="${pod}",container="${container}"`;
const memory = (container: string, mib: number) => [
  `container_memory_working_set_bytes{${of(container)},image="i"}`,
  `${mib * 2 ** 20}x20`,
];
const cpu = (container: string, cores: number) => [
  `container_cpu_usage_seconds_total{${of(container)},image="i"}`,
  `0+${cores * 60}x20`,
];
const limit = (resource: "cpu" | "memory", container: string, value: number) => [
  `kube_pod_container_resource_limits{${of(container)},resource="${resource}"}`,
  `${value}x20`,
];

test.each<[sentence: string, query: keyof Queries, series: string[][], value: number | undefined]>([
  [
    "one container at half of its limit",
    "memoryByPod",
    [memory("app", 64), limit("memory", "app", 128 * 2 ** 20)],
    0.5,
  ],
  [
    "a container without a limit, beside one with a small one",
    "memoryByPod",
    [memory("app", 1024), memory("proxy", 32), limit("memory", "proxy", 64 * 2 ** 20)],
    0.5,
  ],
  [
    "a container near its limit, beside one with room to spare",
    "memoryByPod",
    [
      memory("app", 120),
      memory("proxy", 8),
      limit("memory", "app", 128 * 2 ** 20),
      limit("memory", "proxy", 128 * 2 ** 20),
    ],
    0.9375,
  ],
  ["no container has a limit", "memoryByPod", [memory("app", 64)], undefined],
  [
    "a container without a limit, beside one with a small one",
    "cpuByPod",
    [cpu("app", 2), cpu("proxy", 0.05), limit("cpu", "proxy", 0.1)],
    0.5,
  ],
  [
    "a container at its limit, beside one with room to spare",
    "cpuByPod",
    [cpu("app", 0.5), cpu("proxy", 0.1), limit("cpu", "app", 0.5), limit("cpu", "proxy", 1)],
    1,
  ],
])("%s: %s", (_, query, series, value) => {
  const expr = queryFor(
    defaultQueries[query],
    { kind: "Deployment", namespace: "shop", name: "web" },
    { windowSeconds: 120, containerWindowSeconds: 120 },
  );
  const samples = value === undefined ? [] : [{ labels: `{pod="${pod}"}`, value }];
  expect(promtool(series, expr, samples)).toContain("SUCCESS");
});

const ready = (set: string, count: string) => [
  `kube_replicaset_status_ready_replicas{namespace="shop",replicaset="${set}"}`,
  count,
];
const revision = (which: "current" | "update", name: string, there: string, job = "a") => [
  `kube_statefulset_status_${which}_revision{namespace="shop",statefulset="db",revision="${name}",job="${job}"}`,
  there,
];
const readyOfDb = (count: string, job = "a") => [
  `kube_statefulset_status_replicas_ready{namespace="shop",statefulset="db",job="${job}"}`,
  count,
];

test.each<[sentence: string, name: string, series: string[][], found: Record<string, number>]>([
  [
    "ReplicaSets: the most that each ever had, and of no other workload",
    "web",
    [ready("web-1", "3 3 2 0x9"), ready("web-2", "0x12"), ready("api-1", "3x12")],
    { "web-1": 3, "web-2": 0 },
  ],
  [
    "a StatefulSet: what was ready while a revision was all there was, told by two of kube-state-metrics",
    "db",
    ["a", "b"].flatMap((job) => [
      revision("current", "db-aa", "1x12", job),
      revision("update", "db-aa", "1 1 1 _x10", job),
      revision("update", "db-bb", "_ _ _ 1x9", job),
      readyOfDb("2 3 3 2x9", job),
    ]),
    { "db-aa": 3 },
  ],
  [
    "a StatefulSet whose second rollout is through as well",
    "db",
    [
      revision("current", "db-aa", "1x4 _x8"),
      revision("current", "db-bb", "_x4 1x8"),
      revision("update", "db-aa", "1 1 _x10"),
      revision("update", "db-bb", "_ _ 1x10"),
      readyOfDb("3 3 2 2 1x9"),
    ],
    { "db-aa": 3, "db-bb": 1 },
  ],
])("ready pods by revision, %s", (_, name, series, found) => {
  const expr = queryFor(
    defaultQueries.readyByRevision,
    { kind: "Deployment", namespace: "shop", name },
    { windowSeconds: 60, containerWindowSeconds: 60 },
  );
  const samples = Object.entries(found).map(([of, value]) => ({ labels: `{revision="${of}"}`, value }));
  expect(promtool(series, expr, samples)).toContain("SUCCESS");
});

/** Asks a real Prometheus engine, ten minutes on; what it says when it answers otherwise. */
function promtool(series: string[][], expr: string, samples: object[]): string {
  const programs = findMonitoringPrograms();
  if (programs === undefined) throw new Error("promtool is missing: run `node scripts/setup.mjs`");
  const folder = mkdtempSync(join(tmpdir(), "autoheal-queries-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const given = {
    evaluation_interval: "1m",
    tests: [
      {
        interval: "1m",
        input_series: series.map(([name, values]) => ({ series: name, values })),
        promql_expr_test: [{ expr, eval_time: "10m", exp_samples: samples }],
      },
    ],
  };
  writeFileSync(join(folder, "test.yaml"), JSON.stringify(given));
  try {
    return execFileSync(programs.promtool, ["test", "rules", "test.yaml"], { cwd: folder, encoding: "utf8" });
  } catch (error) {
    return String((error as { stderr?: string }).stderr); // reason: execFileSync's own error
  }
}
