import type { HeldAlert } from "@autoheal/lib/alert";
import { forestEngines } from "@autoheal/lib/anomaly";
import type { Cluster } from "@autoheal/lib/drivers/kubernetes";
import { PrometheusError, type ReadMetrics } from "@autoheal/lib/drivers/prometheus";
import { openLog } from "@autoheal/lib/runtime";
import { aDeployment, now } from "@autoheal/lib/testing";
import { expect, test } from "vitest";
import { tick } from "./tick.ts";

/** A cluster of so many watched workloads, where Prometheus takes so long, in ms, for the metrics of one. */
function aTick(
  workloads: number,
  takesMs: number,
  answer: () => ReturnType<ReadMetrics>,
  { at = now.getTime(), held = [] as string[] } = {},
) {
  const { metadata, ...rest } = aDeployment();
  const labels = { "autoheal.dev/anomalies": "true" };
  const deployments = Array.from({ length: workloads }, (_, i) => ({
    ...rest,
    metadata: { ...metadata, name: `w${i}`, uid: `uid-${i}`, labels },
  }));
  const list = async (resource: string) => (resource === "deployments" ? deployments : []);
  const clock = { ms: at };
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
    alertmanager: { list: async () => held.map(anAlarm), raise: async () => {} },
    tickSeconds: 300,
    clusterName: "",
    log: openLog("test", "silent"),
  });
  return { done, seen };
}
const anAlarm = (deployment: string): HeldAlert => ({
  status: "firing",
  state: "active",
  labels: { alertname: "WorkloadAnomalous", namespace: "shop", deployment },
  annotations: {},
  startsAt: now.toISOString(),
  endsAt: now.toISOString(),
  fingerprint: deployment,
});
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

test("where it does not get through them all, it is others each time: none is left out for ever", async () => {
  const names = new Set<string>();
  for (let k = 0; k < 40; k++) {
    const { done, seen } = aTick(100, 6000, nothing, { at: now.getTime() + k * 300_000 });
    await done;
    expect(seen.asked).toBeLessThan(40);
    for (const name of seen.names) names.add(name);
  }
  expect(names.size).toBe(100);
});

test("those that Alertmanager holds an alert of come first: left out, it would end", async () => {
  const { done, seen } = aTick(100, 6000, nothing, { held: ["w99", "w42"] });
  await done;
  expect(seen.names.slice(0, 2).sort()).toEqual(["w42", "w99"]);
});
