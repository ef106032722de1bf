import type { Incident } from "@autoheal/lib/incident";
import { Registry } from "@autoheal/lib/runtime";
import { expect, test } from "vitest";
import { aDiagnosis, after, anIncident, aRemediation } from "./fixtures/incidents.ts";
import { addIncidentMetrics } from "./metrics.ts";

/** The samples of these incidents, without buckets: zeros are left out. */
async function samples(incidents: readonly Incident[], matching = /^autoheal_/): Promise<string[]> {
  const registry = new Registry();
  addIncidentMetrics(registry, incidents);
  const lines = (await registry.metrics()).split("\n");
  return lines.filter((line) => matching.test(line) && !line.includes("_bucket") && !line.endsWith(" 0"));
}

const healed = (seconds: number) =>
  anIncident({
    phase: "Closed",
    outcome: "Succeeded",
    diagnosis: aDiagnosis,
    remediations: [aRemediation({ state: "Finished", outcome: "Succeeded" })],
    recoveredAt: after(seconds),
    closedAt: after(seconds + 5),
  });

test("incidents become counters, an open one counts as open only", async () => {
  const hold = { reason: "Cooldown", message: "too soon", since: after(3) };
  const heldBack = aRemediation({ state: "Finished", outcome: "Held", reason: "ChangedMeanwhile" });
  const incidents = [
    healed(20),
    healed(40),
    anIncident({ phase: "Held", hold, remediations: [heldBack] }),
    anIncident({ remediations: [aRemediation()] }),
  ];
  expect(await samples(incidents)).toEqual([
    'autoheal_incidents_total{cause="MemoryLeak",outcome="Succeeded"} 2',
    'autoheal_incidents_open{phase="Open"} 1',
    'autoheal_incidents_open{phase="Held"} 1',
    'autoheal_remediations_total{remedy="restart",outcome="Succeeded"} 2',
    'autoheal_remediations_total{remedy="restart",outcome="Held"} 1',
    'autoheal_holds_total{reason="Cooldown"} 1',
    'autoheal_holds_total{reason="ChangedMeanwhile"} 1',
    "autoheal_time_to_heal_seconds_sum 60",
    "autoheal_time_to_heal_seconds_count 2",
  ]);
});

test("the time to heal has its buckets' bounds right, and is of closed and recovered incidents only", async () => {
  const registry = new Registry();
  const open = anIncident({ phase: "Proving", recoveredAt: after(1) });
  const given = anIncident({ phase: "Closed", outcome: "Inconclusive", closedAt: after(900) });
  addIncidentMetrics(registry, [healed(30), healed(31), open, given]);
  const text = await registry.metrics();
  expect(text).toContain('autoheal_time_to_heal_seconds_bucket{le="30"} 1');
  expect(text).toContain('autoheal_time_to_heal_seconds_bucket{le="60"} 2');
  expect(text).toContain("autoheal_time_to_heal_seconds_count 2");
});

test("without incidents the open ones are 0 in each phase, and an incident without status is open", async () => {
  const registry = new Registry();
  addIncidentMetrics(registry, []);
  expect(await registry.metrics()).toContain('autoheal_incidents_open{phase="Escalated"} 0');
  const { status: _, ...fresh } = anIncident();
  expect(await samples([fresh])).toEqual(['autoheal_incidents_open{phase="Open"} 1']);
});
