/**
 * Each function killed (SIGKILL) at each step of its work: whatever was lost with it, the incident ends right, with one
 * effect on the workload and one message for each entry.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ground, startGround } from "./ground.ts";
import { killAt, type Moment } from "./kill.ts";
import { admit, heal, type Illness, type Patient } from "./patient.ts";
import { until } from "./until.ts";

let ground: Ground;
const patients: Patient[] = [];

beforeAll(async () => {
  ground = await startGround();
});

afterAll(() => ground?.close());

const incidents = "incidents.autoheal.dev";
const inStatus = `${incidents}/status`;
const deployments = "deployments.apps";

type Row = [step: string, moment: Moment];

/** The steps that are the same for every action function. */
const asked: Row = ["after reading", { api: "get", phase: "committed", resource: incidents }];
const written: Row[] = [
  ["before the write", { api: "patch", phase: "before", resource: deployments }],
  ["after the write, before its event", { api: "patch", phase: "committed", resource: deployments }],
];
const told: Row[] = [
  ["before its event is taken", { posts: "remedy.applied", phase: "before" }],
  ["after its event is taken", { posts: "remedy.applied", phase: "taken" }],
];

const isDelivery = (state: string) => (body: { status: { deliveries?: { channel: string; state: string }[] } }) =>
  body.status.deliveries?.some((one) => one.channel === "slack" && one.state === state) === true;

const functions: Record<string, { illness: Illness; rows: Row[] }> = {
  receive: {
    illness: "badImage",
    rows: [
      ["after reading the alert, before its event is taken", { posts: "alerts.received", phase: "before" }],
      ["after its event is taken, before it answers", { posts: "alerts.received", phase: "taken" }],
    ],
  },
  diagnose: {
    illness: "badImage",
    rows: [
      ["after reading what incidents there are", { api: "list", phase: "committed", resource: incidents }],
      ["after opening the incident, before its alerts", { api: "create", phase: "committed", resource: incidents }],
      ["after storing the alerts", { api: "patch", phase: "committed", resource: inStatus }],
      ["before incident.due is taken", { posts: "incident.due", phase: "before" }],
      ["after incident.due is taken", { posts: "incident.due", phase: "taken" }],
      ["after reading the incident", { api: "get", phase: "committed", resource: incidents }],
      [
        "after the token, before the entry",
        {
          api: "patch",
          phase: "committed",
          resource: "healingledgers.autoheal.dev/status",
        },
      ],
      [
        "after the entry, before its event",
        {
          api: "patch",
          phase: "committed",
          resource: inStatus,
          when: (body) => body.status.remediations.length === 1,
        },
      ],
      ["before remedy.requested is taken", { posts: "remedy.requested", phase: "before" }],
      ["after remedy.requested is taken", { posts: "remedy.requested", phase: "taken" }],
      [
        "after recording that it was applied",
        {
          api: "patch",
          phase: "committed",
          resource: inStatus,
          when: (body) => body.status.remediations[0]?.state === "Applied",
        },
      ],
      [
        "after closing, before its event",
        { api: "patch", phase: "committed", resource: inStatus, when: (body) => body.status.phase === "Closed" },
      ],
      ["after its last event is taken", { posts: "incident.recovered", phase: "taken" }],
    ],
  },
  restart: {
    illness: "hang",
    rows: [
      asked,
      ["before evicting", { api: "create", phase: "before", resource: "pods/eviction" }],
      ["after evicting, before the mark", { api: "create", phase: "committed", resource: "pods/eviction" }],
      ["after the mark, before its event", { api: "patch", phase: "committed", resource: deployments }],
      ...told,
    ],
  },
  rollback: { illness: "badImage", rows: [asked, ...written, ...told] },
  scale: { illness: "traffic", rows: [asked, ...written, ...told] },
  notify: {
    illness: "badImage",
    rows: [
      asked,
      [
        "after Sending",
        {
          api: "patch",
          phase: "committed",
          resource: inStatus,
          when: isDelivery("Sending"),
        },
      ],
      ["before Slack has it", { tells: "slack", phase: "before" }],
      ["after Slack has it, before Sent", { tells: "slack", phase: "written" }],
      [
        "after Sent",
        {
          api: "patch",
          phase: "committed",
          resource: inStatus,
          when: isDelivery("Sent"),
        },
      ],
    ],
  },
};

describe.concurrent.each(Object.entries(functions))("%s killed", (name, { illness, rows }) => {
  test.each(rows)(
    "%s",
    async (step, moment) => {
      const row = rows.findIndex(([one]) => one === step);
      // Heals beside this one kill the same process, and may do so before it comes to its step: then once more.
      for (let attempt = 1; attempt <= 3; attempt++) {
        const namespace = `${name}-${row}-${attempt}`;
        const patient = await admit(ground, namespace, illness);
        patients.push(patient);
        const killed = killAt(ground, name, namespace, moment);
        await heal(ground, patient);
        patient.expectHealedOnce();
        if (killed.length === 0) continue;
        expect(killed).toHaveLength(1);
        return void (await until("the process has ended", 5, () => !isAlive(killed[0])));
      }
      throw new Error(`${name} was never killed ${step}`);
    },
    90_000,
  );
});

test("in the end nothing is under way, and nobody was healed twice", async () => {
  await until("all events are delivered", 20, () => ground.sandbox.knative.inFlight() === 0);
  expect(patients.length).toBeGreaterThanOrEqual(Object.values(functions).flatMap(({ rows }) => rows).length);
  for (const patient of patients) patient.expectHealedOnce();
});

function isAlive(pid = 0): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}
