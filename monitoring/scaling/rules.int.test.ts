// The shipped rules at the paces of the sandbox, which samples every second, and of a cluster, on the shapes of memory that real processes have.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { findMonitoringPrograms } from "../../scripts/setup/programs.mjs";
import type { Pace } from "./pace.ts";
import { scaleRules } from "./rules.ts";

/** A pace, and when a container's memory is sampled at it. */
interface Watch {
  pace: Pace;
  isSampled(second: number): boolean;
  /** How often rules are evaluated. */
  everySeconds: number;
}

const watches = {
  sandbox: { pace: { timeScale: 20, shortestRangeMs: 1000 }, isSampled: () => true, everySeconds: 1 },
  // A kubelet looks every 10 to 15 s, a busy one every 20.
  cluster: {
    pace: { timeScale: 10, shortestRangeMs: 60_000 },
    isSampled: (second) => [0, 11, 30].includes(second % 45),
    everySeconds: 3,
  },
} satisfies Record<string, Watch>;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "autoheal-rules-"));
  const rules = await readFile(new URL("../rules/autoheal.yaml", import.meta.url), "utf8");
  for (const [name, { pace }] of Object.entries(watches))
    await writeFile(join(folder, `${name}.yaml`), scaleRules(rules, pace));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const limitMegabytes = 256;
type Megabytes = (second: number) => number;

/** The seconds, out of 0 to `seconds`, in which the alert fires for a container with this working set. */
async function firing(
  alertname: string,
  megabytes: Megabytes,
  { seconds = 120, on = "sandbox" }: { seconds?: number; on?: keyof typeof watches } = {},
): Promise<number[]> {
  const target = 'namespace="shop", pod="user-1", container="user"';
  const every = Array.from({ length: seconds + 1 }, (_, second) => second);
  const at = (eval_time: number) => ({ alertname, eval_time: `${eval_time}s`, exp_alerts: [] });
  const sample = (second: number) => (watches[on].isSampled(second) ? megabytes(second) : "_");
  const suite = {
    rule_files: [`${on}.yaml`],
    evaluation_interval: `${watches[on].everySeconds}s`,
    tests: [
      {
        interval: "1s",
        input_series: [
          {
            series: `container_memory_working_set_bytes{${target}, image="user:1"}`,
            values: every.map(sample).join(" "),
          },
          {
            series: `kube_pod_container_resource_limits{${target}, resource="memory"}`,
            values: `${limitMegabytes}x${seconds}`,
          },
          { series: `kube_pod_container_status_restarts_total{${target}}`, values: `0x${seconds}` },
        ],
        alert_rule_test: every.filter((second) => second % watches[on].everySeconds === 0).map(at),
      },
    ],
  };
  const file = join(folder, `${alertname}-${crypto.randomUUID()}.yaml`);
  await writeFile(file, stringify(suite));
  const programs = findMonitoringPrograms();
  if (programs === undefined) throw new Error("promtool is missing: run `node scripts/setup.mjs`");
  const output = await promisify(execFile)(programs.promtool, ["test", "rules", file]).then(
    ({ stdout, stderr }) => stdout + stderr,
    ({ stdout, stderr }) => stdout + stderr,
  );
  expect(output).toMatch(/SUCCESS|time: /);
  return [...output.matchAll(/time: (?:(\d+)m)?(\d+)?s?,/g)].map(([, m, s]) => 60 * Number(m ?? 0) + Number(s ?? 0));
}

const noise = (second: number) => ((second * 7919) % 13) / 4;

test.each([2, 3, 5])("a leak of %i MB/s, begun in an old process, is seen well before the limit", async (rate) => {
  const megabytes: Megabytes = (second) => Math.min(250, 80 + noise(second) + rate * Math.max(0, second - 40));
  const [first] = await firing("ContainerMemoryRising", megabytes);
  expect(first).toBeGreaterThan(40);
  expect(megabytes(first ?? 0) / limitMegabytes).toBeLessThan(0.85);
});

test("a leak is seen under the noise of garbage collection too", async () => {
  const [first] = await firing("ContainerMemoryRising", (second) =>
    Math.min(250, 70 + 3 * Math.max(0, second - 40) + 6 * (second % 4)),
  );
  expect(first).toBeLessThan(80);
});

test("a leak since the start is seen", async () => {
  const [first] = await firing("ContainerMemoryRising", (second) => Math.min(250, 70 + noise(second) + 2.5 * second));
  expect(first).toBeLessThan(45);
});

test.each<[string, Megabytes]>([
  ["a start that takes 10 s to its plateau", (second) => Math.min(180, 20 + 16 * second) + noise(second)],
  ["a steady working set", (second) => 200 + noise(second)],
  ["garbage collected every 3 s", (second) => 130 + 20 * (second % 3) + noise(second)],
  ["garbage collected every 7 s", (second) => 130 + 12 * (second % 7) + noise(second)],
  ["a step to a higher plateau", (second) => (second < 60 ? 90 : 200) + noise(second)],
  ["a load that grows the heap for 10 s", (second) => 90 + 11 * Math.min(10, Math.max(0, second - 50)) + noise(second)],
])("%s is no leak", async (_, megabytes) => {
  expect(await firing("ContainerMemoryRising", megabytes)).toEqual([]);
});

test.each([0.3, 0.4, 0.6])("on a cluster, a leak of %d MB/s is seen well before the limit", async (rate) => {
  const megabytes: Megabytes = (second) => Math.min(255, 70 + noise(second) + rate * Math.max(0, second - 70));
  const [first] = await firing("ContainerMemoryRising", megabytes, { on: "cluster", seconds: 450 });
  expect(first).toBeGreaterThan(70);
  expect(megabytes(first ?? 0) / limitMegabytes).toBeLessThan(0.9);
});

test("on a cluster, a leak since the start is seen", async () => {
  const megabytes: Megabytes = (second) => Math.min(255, 60 + noise(second) + 0.6 * second);
  const [first] = await firing("ContainerMemoryRising", megabytes, { on: "cluster", seconds: 400 });
  expect(first).toBeGreaterThan(100);
  expect(megabytes(first ?? 0) / limitMegabytes).toBeLessThan(0.9);
});

test.each<[string, Megabytes]>([
  ["a start that takes 40 s to its plateau", (second) => Math.min(180, 20 + 4 * second) + noise(second)],
  ["a steady working set", (second) => 200 + noise(second)],
  ["garbage collected every 7 s", (second) => 130 + 12 * (second % 7) + noise(second)],
  ["garbage collected every 30 s", (second) => 130 + 3 * (second % 30) + noise(second)],
  ["a step to a higher plateau", (second) => (second < 120 ? 90 : 200) + noise(second)],
  [
    "a load that grows the heap for 30 s",
    (second) => 90 + 3.5 * Math.min(30, Math.max(0, second - 100)) + noise(second),
  ],
])("on a cluster, %s is no leak", async (_, megabytes) => {
  expect(await firing("ContainerMemoryRising", megabytes, { on: "cluster", seconds: 400 })).toEqual([]);
});
