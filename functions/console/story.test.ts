import type { IncidentStatus } from "@autoheal/lib/incident";
import { expect, test } from "vitest";
import { aDiagnosis, after, anAlert, anIncident, aRemediation } from "./fixtures/incidents.ts";
import { storyOf } from "./story.ts";

/** The steps of a story as sentences: seconds since the beginning, kind, title. */
function told(status: Partial<IncidentStatus>): string[] {
  return storyOf(anIncident(status)).steps.map(
    ({ at, kind, title }) => `${(Date.parse(at) - Date.parse(after(0))) / 1000} ${kind}: ${title}`,
  );
}

test("a heal is told from the alert to the recovery, in the order of time", () => {
  const status: Partial<IncidentStatus> = {
    phase: "Closed",
    outcome: "Succeeded",
    alerts: [anAlert({ endsAt: after(25) })],
    diagnosis: aDiagnosis,
    remediations: [
      aRemediation({
        state: "Finished",
        outcome: "Succeeded",
        appliedAt: after(6),
        healthySince: after(12),
        finishedAt: after(42),
      }),
    ],
    recoveredAt: after(42),
    closedAt: after(42),
  };
  expect(told(status)).toEqual([
    "0 Alert: ContainerOOMKilled (critical)",
    "4 Diagnosis: Cause: memory leak",
    "5 Action: Restart: replace pod user-7d9f4-x2x9k",
    "12 Proof: Healthy again",
    "42 Proof: Restart succeeded",
    "42 Outcome: Recovered after 42 s",
  ]);
  const story = storyOf(anIncident(status));
  expect(story).toMatchObject({
    headline: "Memory leak: healed by restart in 42 s",
    timeToHealSeconds: 42,
    confidence: 0.92,
  });
  expect(story.steps[0]?.lines).toContain("Resolved at 10:00:25.");
  expect(story.steps[1]?.evidence).toEqual({ for: aDiagnosis.for, against: aDiagnosis.against });
});

test("a hold says its reason, and earlier holds are told as they were told to people", () => {
  const held = (id: string, at: string, title: string) => ({ id, event: "held" as const, title, lines: [], at });
  expect(
    told({
      phase: "Held",
      alerts: [],
      hold: { reason: "RolloutInProgress", message: "Revision 3 is being rolled out.", since: after(9) },
      outbox: [held("1", after(3), "Held: cooldown"), held("2", after(9), "Held: a rollout is going on")],
    }),
  ).toEqual(["3 Hold: Held: cooldown", "9 Hold: Held: a rollout is going on"]);
});

test("what got worse and was undone is told, and that a person is needed", () => {
  const change = { what: "setReplicas" as const, replicas: 4, fromReplicas: 2 };
  const scale = aRemediation({
    remedy: "scale",
    change,
    state: "Finished",
    outcome: "Undone",
    appliedAt: after(6),
    finishedAt: after(20),
  });
  const undo = aRemediation({
    id: `${scale.id}-undo`,
    remedy: "scale",
    change: { ...change, replicas: 2, fromReplicas: 4 },
    requestedAt: after(20),
  });
  expect(told({ phase: "Escalated", alerts: [], remediations: [scale, undo], escalatedAt: after(21) })).toEqual([
    "5 Action: Scale: change the replicas from 2 to 4",
    "20 Proof: Scale undone",
    "20 Action: Undo by scale: change the replicas from 4 to 2",
    "21 Escalation: A person is needed",
  ]);
});

test("a cause stands where it was found, before what followed from it, and a call for a person is told once", () => {
  const title = "A person is needed: no remedy is left";
  const hold = { reason: "LadderExhausted", message: "it leaks again after a restart", since: after(9) };
  const status: Partial<IncidentStatus> = {
    phase: "Escalated",
    alerts: [],
    remediations: [],
    diagnosis: { ...aDiagnosis, since: after(8), at: after(300) },
    escalatedAt: after(9),
    hold,
  };
  const called = { id: "1", event: "escalated" as const, title, lines: [hold.message], at: after(9) };
  expect(told({ ...status, outbox: [called] })).toEqual(["8 Diagnosis: Cause: memory leak", `9 Escalation: ${title}`]);
  expect(storyOf(anIncident(status)).steps.at(-1)).toMatchObject({ kind: "Escalation", lines: [hold.message] });
  const closed = { ...status, phase: "Closed" as const, outcome: "Inconclusive" as const, closedAt: after(99) };
  expect(told({ ...closed, outbox: [called] })).toEqual([
    "8 Diagnosis: Cause: memory leak",
    `9 Escalation: ${title}`,
    "99 Outcome: Closed: inconclusive",
  ]);
});

test("a hold that people were told of is told on when another one has taken its place untold", () => {
  const held = { id: "1", event: "held" as const, title: "Held: AutoHeal only observes here", lines: [], at: after(3) };
  const hold = { reason: "NothingWrong", message: "nothing is wrong", since: after(9) };
  expect(told({ phase: "Held", alerts: [], hold, outbox: [held] })).toEqual([
    "3 Hold: Held: AutoHeal only observes here",
    "9 Hold: Held: nothing is wrong",
  ]);
});

test("a remediation that was held back right before the write is a hold", () => {
  const remediation = aRemediation({
    state: "Finished",
    outcome: "Held",
    reason: "ChangedMeanwhile",
    finishedAt: after(6),
  });
  const steps = storyOf(anIncident({ alerts: [], remediations: [remediation] })).steps;
  expect(steps.map(({ kind, title, lines }) => [kind, title, lines])).toEqual([
    ["Action", "Restart: replace pod user-7d9f4-x2x9k", ["Not written to the cluster."]],
    ["Hold", "Restart held: changed meanwhile", []],
  ]);
});

test("alerts of one name are one step, and what was not kept is counted", () => {
  const many = [1, 2, 3].map((n) =>
    anAlert({ fingerprint: `f${n}`, startsAt: after(n), ...(n === 3 ? { endsAt: after(9) } : {}) }),
  );
  const [step, ...others] = storyOf(anIncident({ alerts: many, alertsDropped: 7 })).steps;
  expect(others).toEqual([]);
  expect(step).toMatchObject({ at: after(1), title: "ContainerOOMKilled × 3 (critical)", tone: "trouble" });
  expect(step?.lines.slice(1)).toEqual(["2 of 3 still firing.", "7 further alerts were counted but not kept."]);
});

test("an incident that closes without recovery has no time to heal", () => {
  const story = storyOf(anIncident({ phase: "Closed", outcome: "Inconclusive", closedAt: after(900) }));
  expect(story).not.toHaveProperty("timeToHealSeconds");
  expect(story.headline).toBe("ContainerOOMKilled: inconclusive");
});
