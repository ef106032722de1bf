import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { storyLines, type ToldIncident } from "./story.ts";

type Status = NonNullable<ToldIncident["status"]>;
type Told = Status["remediations"][number];

const startsAt = "2026-01-02T10:00:00Z";
const alert = { name: "ServiceErrorRateHigh", startsAt, labels: { service: "user" } };
const empty: Status = { phase: "Open", alerts: [], remediations: [], outbox: [] };
const rollBack = { what: "rollBack", fromRevision: "user-2", toRevision: "user-1" };
const remediation: Told = { id: "u-1", remedy: "rollback", change: rollBack, state: "Requested" };

const incident = (status?: Partial<Status>): ToldIncident => ({
  metadata: { name: "deployment-user-1", namespace: "shop" },
  spec: { subject: "shop/Deployment/user" },
  ...(status ? { status: { ...empty, ...status } } : {}),
});

/** What is told between two states, without colours. */
const told = (before: Partial<Status> | undefined, after: Partial<Status>) =>
  storyLines(before && incident(before), incident(after), false);

test("an incident without a status tells nothing, and neither does one that stays as it is", () => {
  expect(storyLines(undefined, incident(), false)).toEqual([]);
  const all: Partial<Status> = {
    phase: "Escalated",
    alerts: [alert],
    diagnosis: { cause: "BadRevision", for: [{ text: "32 % of requests fail" }], against: [] },
    hold: { reason: "Cooldown", message: "9 s are left" },
    remediations: [{ ...remediation, state: "Applied", healthySince: startsAt, outcome: "Failed" }],
  };
  expect(told(all, all)).toEqual([]);
});

test.each<[sentence: string, before: Partial<Status> | undefined, after: Partial<Status>, lines: string[]]>([
  ["an alert that is new", undefined, { alerts: [alert] }, ["alert     ServiceErrorRateHigh on user"]],
  [
    "the same alert of another pod",
    { alerts: [{ ...alert, labels: { pod: "user-a" } }] },
    {
      alerts: [
        { ...alert, labels: { pod: "user-a" } },
        { ...alert, labels: { pod: "user-b" } },
      ],
    },
    ["alert     ServiceErrorRateHigh on user-b"],
  ],
  [
    "an alert without a label that names anything",
    undefined,
    { alerts: [{ ...alert, labels: {} }] },
    ["alert     ServiceErrorRateHigh on shop/Deployment/user"],
  ],
  [
    "an alert that is resolved",
    { alerts: [alert] },
    { alerts: [{ ...alert, endsAt: "2026-01-02T10:01:00Z" }] },
    ["resolved  ServiceErrorRateHigh on user"],
  ],
  [
    "a diagnosis, with what is for and against it",
    {},
    {
      diagnosis: {
        cause: "BadRevision",
        for: [{ text: "32 % of requests fail" }],
        against: [{ text: "pods are fine" }],
      },
    },
    ["diagnosis BadRevision", "          for: 32 % of requests fail", "          against: pods are fine"],
  ],
  ["a hold", {}, { hold: { reason: "Cooldown", message: "9 s are left" } }, ["hold      Cooldown: 9 s are left"]],
  [
    "the same hold with other words: nothing",
    { hold: { reason: "Cooldown", message: "9 s are left" } },
    { hold: { reason: "Cooldown", message: "8 s are left" } },
    [],
  ],
  ["an action", {}, { remediations: [remediation] }, ["action    rollback: user-2 → user-1"]],
  [
    "an action taken back",
    { remediations: [remediation] },
    {
      remediations: [
        remediation,
        { ...remediation, id: "u-1-undo", change: { ...rollBack, fromRevision: "user-1", toRevision: "user-2" } },
      ],
    },
    ["undo      by rollback: user-1 → user-2"],
  ],
  [
    "an action that is written",
    { remediations: [remediation] },
    { remediations: [{ ...remediation, state: "Applied" }] },
    ["applied   written to the cluster; now the proof"],
  ],
  [
    "an action that seems to have helped",
    { remediations: [{ ...remediation, state: "Applied" }] },
    { remediations: [{ ...remediation, state: "Applied", healthySince: startsAt }] },
    ["proof     healthy; it has to stay so"],
  ],
  [
    "an action that did not help",
    { remediations: [{ ...remediation, state: "Applied" }] },
    { remediations: [{ ...remediation, state: "Finished", outcome: "Failed", message: "it still fails" }] },
    ["outcome   Failed: it still fails"],
  ],
  [
    "a person who is needed, and what can be done",
    {},
    {
      phase: "Escalated",
      outbox: [{ id: "2", event: "escalated", title: "t", lines: ["the hold's message", "Raise the limit."] }],
    },
    [
      "escalated a person is needed",
      "          Raise the limit.",
      "          Here, `npm run break -- mend` ends all switched faults.",
    ],
  ],
  [
    "a proven end",
    { alerts: [alert] },
    { alerts: [alert], phase: "Closed", outcome: "Succeeded", closedAt: "2026-01-02T10:00:16Z" },
    ["closed    shop/Deployment/user healed and proven healthy, 16 s after its first alert"],
  ],
  [
    "another end",
    { alerts: [alert] },
    { alerts: [alert], phase: "Closed", outcome: "Held", closedAt: "2026-01-02T10:00:16Z" },
    ["closed    shop/Deployment/user closed, Held, 16 s after its first alert"],
  ],
])("%s", (_sentence, before, after, lines) => {
  expect(told(before, after)).toEqual(lines);
});

test("an incident that ends without ever having got an alert says so, and no number", () => {
  expect(told({}, { phase: "Closed", outcome: "Inconclusive", closedAt: startsAt })).toEqual([
    "closed    shop/Deployment/user closed, Inconclusive",
  ]);
});

test("what came out of the cluster says nothing to the terminal", () => {
  const lines = told({}, { hold: { reason: "Paused", message: "by \u001b]0;evil\u0007me\u001b[2J\nnow\r\u009b1A" } });
  expect(lines).toEqual(["hold      Paused: by  ]0;evil me [2J now 1A"]);
});

describe.each<[change: Record<string, unknown>, text: string]>([
  [{ what: "restartRollout" }, "all pods, one after the other"],
  [{ what: "restartPods", pods: [{ name: "user-a" }, { name: "user-b" }] }, "pods user-a, user-b"],
  [{ what: "setReplicas", fromReplicas: 2, replicas: 3 }, "replicas 2 → 3"],
  [{ what: "setMaxReplicas", fromMaxReplicas: 3, maxReplicas: 5 }, "maxReplicas 3 → 5"],
])("the change $what", (change, text) => {
  test("in words", () => {
    expect(told({}, { remediations: [{ ...remediation, change }] })).toEqual([`action    rollback: ${text}`]);
  });
});

test("with colours the words are the same", () => {
  const lines = storyLines(undefined, incident({ alerts: [alert] }), true);
  expect(lines.map(stripVTControlCharacters)).toEqual(told(undefined, { alerts: [alert] }));
  expect(lines[0]).toContain("\u001b[");
});
