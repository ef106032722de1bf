import { forestEngines } from "@autoheal/lib/anomaly";
import type { Cluster } from "@autoheal/lib/drivers/kubernetes";
import { PrometheusError, type ReadMetrics } from "@autoheal/lib/drivers/prometheus";
import { openLog } from "@autoheal/lib/runtime";
import { aDeployment, now } from "@autoheal/lib/testing";
import { expect, test } from "vitest";
import { tick } from "./tick.ts";

/** A cluster of so many watched workloads, where Prometheus takes so long, in ms, for the metrics of one. */
function aTick(workloads: number, takesMs: number, answer: () => ReturnType<ReadMetrics>, begunMs = now.getTime()) {
  const { metadata, ...rest } = aDeployment();
  const labels = { "autoheal.dev/anomalies": "true" };
  const deployments = Array.from({ length: workloads }, (_, i) => ({
    ...rest,
    metadata: { ...metadata, name: `w${i}`, uid: `uid-${i}`, labels },
  }));
  const list = async (resource: string) => (resource === "deployments" ? deployments : []);
  const clock = { ms: begunMs };
  const seen = { most: 0, underWay: 0, asked: 0, names: [] as string[] };
  const metrics: ReadMetrics = async ({ name }) => {
    seen.asked += 1;
    seen.names.push(name);
    seen.underWay += 1;
    seen.most = Math.max(seen.most, seen.underWay);
    await Promise.resolve();
    clock.ms += takesMs / 4;
    seen.underWay -= 1;
    return answer();
  };
  const budget = { falseAlarms: 1, perSeconds: 604_800 };
  const done = tick({
    cluster: { list } as unknown as Cluster, // reason: nothing else is asked of it
    metrics,
    engineOf: (name) => forestEngines[name],
    defaults: { stepSeconds: 120, baselineSeconds: 7200, judgedSeconds: 1800, budget, engine: "own" },
    margins: { settlingSeconds: 600, buildUpSeconds: 900 },
    now: () => new Date(clock.ms),
    alertmanager: undefined,
    tickSeconds: 300,
    clusterName: "",
    log: openLog("test", "silent"),
  });
  return { done, seen };
}
const nothing = async () => ({ samples: [], warnings: [] });
const away = () => Promise.reject(new PrometheusError("Away", "Prometheus is away"));

test("each workload is asked for once, four at a time", async () => {
  const { done, seen } = aTick(50, 10, nothing);
  await done;
  expect(seen).toMatchObject({ asked: 50, most: 4 });
});

test("with no workload there is nothing to do", async () => {
  const { done, seen } = aTick(0, 10, nothing);
  await done;
  expect(seen.asked).toBe(0);
});

test("where Prometheus is slow it begins with no more than it gets through, and those count", async () => {
  const { done, seen } = aTick(500, 6000, nothing);
  await done;
  expect(seen.asked).toBeGreaterThan(25);
  expect(seen.asked).toBeLessThan(40);
});

test("where Prometheus is away it gives up in time, and comes again", async () => {
  const { done, seen } = aTick(500, 6000, away);
  await expect(done).rejects.toThrow("no workload could be judged");
  expect(seen.asked).toBeLessThan(40);
});

test("what is left is not always the same: the next ticks get to it", async () => {
  const asked = new Set<string>();
  for (const ticks of [0, 1, 2, 3]) {
    const { done, seen } = aTick(60, 6000, nothing, now.getTime() + ticks * 300_000);
    await done;
    expect(seen.asked).toBeLessThan(60);
    for (const name of seen.names) asked.add(name);
  }
  expect(asked.size).toBe(60);
});
