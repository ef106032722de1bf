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
