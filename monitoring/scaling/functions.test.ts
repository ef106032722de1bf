import { readFile } from "node:fs/promises";
import { defaultPolicy } from "@autoheal/lib/policy";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { clusterConfiguration, defaultPolicySpec, functionDurations } from "./functions.ts";
import { scaleOf, slowestScale } from "./pace.ts";

test("at production's pace the policy is the one that holds where nobody said anything", () => {
  const { cooldownSeconds, budget, storm, stableForSeconds, proofDeadlineSeconds, staleAfterSeconds } = defaultPolicy;
  expect(defaultPolicySpec({ timeScale: 1, shortestRangeMs: 1000 })).toEqual({
    limits: { cooldownSeconds, budget, storm, stableForSeconds, proofDeadlineSeconds, staleAfterSeconds },
  });
});

test("in the sandbox everything passes 20 times faster", () => {
  const pace = { timeScale: 20, shortestRangeMs: 1000 };
  expect(functionDurations(pace)).toEqual({
    AUTOHEAL_RATE_WINDOW: "6s",
    AUTOHEAL_CONTAINER_WINDOW: "6s",
    AUTOHEAL_HISTORY: "180s",
    AUTOHEAL_STEP: "1500ms",
    AUTOHEAL_BLAME_REVISION: "30s",
    AUTOHEAL_CRASH_RECENT: "15s",
    AUTOHEAL_HANG_AFTER: "3s",
    AUTOHEAL_REVIEW: "500ms",
    AUTOHEAL_RESEND: "2s",
    AUTOHEAL_ALERTMANAGER_SETTLE: "6s",
    AUTOHEAL_RELAPSE: "4320s",
    AUTOHEAL_ANOMALY_FRESH: "15s",
    AUTOHEAL_ANOMALY_STEP: "6s",
    AUTOHEAL_ANOMALY_BASELINE: "17280s",
    AUTOHEAL_ANOMALY_JUDGED: "90s",
    AUTOHEAL_ANOMALY_FALSE_ALARM_EVERY: "30240s",
    AUTOHEAL_ANOMALY_SETTLING: "30s",
    AUTOHEAL_ANOMALY_BUILD_UP: "45s",
    AUTOHEAL_ANOMALY_TICK: "15s",
  });
  expect(defaultPolicySpec(pace)).toEqual({
    limits: {
      cooldownSeconds: 15,
      budget: { actions: 3, windowSeconds: 180 },
      storm: { workloads: 10, windowSeconds: 15 },
      stableForSeconds: 6,
      proofDeadlineSeconds: 60,
      staleAfterSeconds: 45,
    },
  });
});

test("where ranges can't be that short, what depends on them takes longer", () => {
  const pace = { timeScale: 10, shortestRangeMs: 60_000 };
  expect(clusterConfiguration(pace)).toEqual({
    AUTOHEAL_RATE_WINDOW: "12s",
    AUTOHEAL_CONTAINER_WINDOW: "60s",
    AUTOHEAL_HISTORY: "1200s",
    AUTOHEAL_STEP: "3s",
    AUTOHEAL_BLAME_REVISION: "200s",
    AUTOHEAL_CRASH_RECENT: "5m",
    AUTOHEAL_HANG_AFTER: "6s",
    AUTOHEAL_REVIEW: "1s",
    AUTOHEAL_RESEND: "4s",
    AUTOHEAL_ALERTMANAGER_SETTLE: "12s",
    AUTOHEAL_RELAPSE: "8640s",
    AUTOHEAL_ANOMALY_FRESH: "30s",
    AUTOHEAL_ANOMALY_STEP: "12s",
    AUTOHEAL_ANOMALY_BASELINE: "34560s",
    AUTOHEAL_ANOMALY_JUDGED: "180s",
    AUTOHEAL_ANOMALY_FALSE_ALARM_EVERY: "60480s",
    AUTOHEAL_ANOMALY_SETTLING: "60s",
    AUTOHEAL_ANOMALY_BUILD_UP: "90s",
    AUTOHEAL_ANOMALY_TICK: "30s",
    AUTOHEAL_PULSE_SCHEDULE: "*/2 * * * * *",
  });
  expect(defaultPolicySpec(pace)).toEqual({
    limits: {
      cooldownSeconds: 30,
      budget: { actions: 3, windowSeconds: 360 },
      storm: { workloads: 10, windowSeconds: 30 },
      stableForSeconds: 20,
      proofDeadlineSeconds: 200,
      staleAfterSeconds: 90,
    },
  });
});

test("the slowest alert is as slow as its shortest range has to be", async () => {
  const rules = await readFile(new URL("../rules/autoheal.yaml", import.meta.url), "utf8");
  const exprs = parse(rules).groups.flatMap(({ rules }: { rules: { alert?: string; expr: string }[] }) =>
    rules.flatMap(({ alert, expr }) => (alert ? expr : [])),
  );
  for (const pace of [
    { timeScale: 20, shortestRangeMs: 1000 },
    { timeScale: 10, shortestRangeMs: 60_000 },
    { timeScale: 10, shortestRangeMs: 120_000 },
  ]) {
    expect(Math.min(...exprs.map((expr: string) => scaleOf(expr, pace)))).toBe(slowestScale(pace));
  }
});
