// The shipped rules at the sandbox's pace, a sample a second, on the shapes of memory that real processes have.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { findMonitoringPrograms } from "../../scripts/setup/programs.mjs";
import { scaleRules } from "./rules.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "autoheal-rules-"));
  const rules = await readFile(new URL("../rules/autoheal.yaml", import.meta.url), "utf8");
  await writeFile(join(folder, "rules.yaml"), scaleRules(rules, { timeScale: 20, shortestRangeMs: 1000 }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const limitMegabytes = 256;
type Megabytes = (second: number) => number;

/** The seconds, out of 0 to `seconds`, in which the alert fires for a container with this working set. */
async function firing(alertname: string, megabytes: Megabytes, seconds = 120): Promise<number[]> {
  const target = 'namespace="shop", pod="user-1", container="user"';
  const every = Array.from({ length: seconds + 1 }, (_, second) => second);
  const at = (eval_time: number) => ({ alertname, eval_time: `${eval_time}s`, exp_alerts: [] });
  const suite = {
    rule_files: ["rules.yaml"],
    evaluation_interval: "1s",
    tests: [
      {
        interval: "1s",
        input_series: [
          {
            series: `container_memory_working_set_bytes{${target}, image="user:1"}`,
            values: every.map(megabytes).join(" "),
          },
          {
            series: `kube_pod_container_resource_limits{${target}, resource="memory"}`,
            values: `${limitMegabytes}x${seconds}`,
          },
          { series: `kube_pod_container_status_restarts_total{${target}}`, values: `0x${seconds}` },
        ],
        alert_rule_test: every.map(at),
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
  return [...output.matchAll(/time: (?:(\d+)m)?(\d+)s,/g)].map(([, m, s]) => 60 * Number(m ?? 0) + Number(s));
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
