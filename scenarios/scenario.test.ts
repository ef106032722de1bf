import { expect, test } from "vitest";
import { catalogueFiles, readScenario, readScenarios, ScenarioError } from "./format/index.ts";
import { manifestsOf, merged } from "./play/index.ts";
import { schedule } from "./schedule.ts";
import { type IncidentState, judge, type Observations, table, unmet, wrongActions } from "./verdict/index.ts";

const calm = `
about: One pod hangs.
deploy:
  - { app: user, replicas: 1 }
break:
  - fault: { app: user, fault: stale, pods: one }
expect:
  of: user
  cause: Hang
  actions: [restart]
  within: 10m
`;

test("every scenario of the catalogue can be read, and has a name of its own", () => {
  const scenarios = readScenarios(catalogueFiles());
  expect(scenarios.length).toBeGreaterThanOrEqual(14);
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length);
});

test("durations are read as seconds", () => {
  expect(readScenario("a.yaml", calm).expect.within).toBe(600);
});

test.for<[string, string, string]>([
  ["not YAML", "about: [", "a.yaml: no YAML: "],
  [
    "an unknown cause",
    calm.replace("Hang", "Gremlins"),
    'a.yaml: expect.cause: Invalid option: expected one of "MemoryLeak"',
  ],
  [
    "an unknown remedy",
    calm.replace("[restart]", "[reboot]"),
    "a.yaml: expect.actions[0]: Invalid option: expected one of",
  ],
  [
    "an unknown fault",
    calm.replace("fault: stale", "fault: gremlins"),
    "a.yaml: break[0].fault.fault: Invalid option: expected one of",
  ],
  ["an unknown key", calm.replace("about:", "abuot: x\nabout:"), 'a.yaml: the file: Unrecognized key: "abuot"'],
  [
    "a step of two kinds",
    calm.replace("pods: one }", "pods: one }\n    mode: Off"),
    "a.yaml: break[0]: expected exactly one thing, but found fault and mode",
  ],
  [
    "an empty step",
    calm.replace("- fault: { app: user, fault: stale, pods: one }", "- {}"),
    "a.yaml: break[0]: expected exactly one thing, but found none",
  ],
  [
    "seconds without a unit",
    calm.replace("10m", "'600'"),
    "a.yaml: expect.within: expected a duration such as 90s, 10m or 1h",
  ],
  [
    "neither app nor manifest",
    calm.replace("app: user, replicas", "replicas"),
    "a.yaml: deploy: expected either `app` or `manifest` in each",
  ],
  [
    "nothing expected",
    calm.replace(/expect:[\s\S]*/, ""),
    "a.yaml: expect: Invalid input: expected object, received undefined",
  ],
])("says where %s is and what was expected", ([, text, message]) => {
  expect(() => readScenario("a.yaml", text)).toThrow(ScenarioError);
  expect(() => readScenario("a.yaml", text)).toThrow(message);
});

test("says which scenarios there are when one is asked for that is not", () => {
  expect(() => readScenarios(["gremlins"])).toThrow(/gremlins: no such scenario; there are .*leak/);
});

test("a patch merges objects and named lists, replaces other lists, and removes what is null", () => {
  const original = { a: { b: 1, c: 2 }, list: [{ name: "x", v: 1, w: [1] }, { name: "y" }], plain: [1, 2] };
  const patch = { a: { b: null, d: 3 }, list: [{ name: "x", w: [2] }, { name: "z" }], plain: [3] };
  expect(merged<object>(original, patch)).toEqual({
    a: { c: 2, d: 3 },
    list: [{ name: "x", v: 1, w: [2] }, { name: "y" }, { name: "z" }],
    plain: [3],
  });
});

test("an app is deployed from its own manifests, with the scenario's values over them", () => {
  const [service, config, deployment] = manifestsOf({ app: "traffic", replicas: 3, config: { RPS: "5" } }).toSorted(
    (a, b) => b.kind.localeCompare(a.kind),
  );
  expect(service?.kind).toBe("Deployment");
  expect(config).toMatchObject({ data: { RPS: "5", TARGET_SERVICE: "api" } });
  expect(service).toMatchObject({ spec: { replicas: 3 } });
  expect(deployment).toBeUndefined();
});

// The judge: a pod hangs, is restarted, and the incident closes.

const scenario = readScenario("hang.yaml", calm);

const opened: IncidentState = {
  incident: "ns/deployment-user-1",
  of: "user",
  at: 2_000,
  alerts: ["HighLatency"],
  phase: "Open",
  remediations: [],
  sent: [],
};
const restart = { id: "uid-1", remedy: "restart", what: "restartPods", applied: true, pods: ["p1"] };
const proving: IncidentState = { ...opened, at: 3_000, phase: "Proving", cause: "Hang", remediations: [restart] };
const healed: IncidentState = {
  ...proving,
  at: 9_000,
  phase: "Closed",
  outcome: "Succeeded",
  remediations: [{ ...restart, outcome: "Succeeded" }],
  sent: [{ event: "recovered", channel: "event" }],
};

const good: Observations = {
  states: [opened, proving, healed],
  objects: [{ name: "user", foreignWrites: 0, marks: ["uid-1"], unhealthyAt: 8_000 }],
  deletions: [{ of: "user", pod: "user-1", uid: "p1" }],
  brokenAt: 1_000,
  metAt: 9_000,
  endedAt: 18_000,
};

test("what was expected, and nothing else, passes", () => {
  expect(judge(scenario, good)).toEqual({
    scenario: "hang",
    detected: true,
    cause: "Hang",
    verdict: "act",
    action: "restart",
    healed: true,
    stable: true,
    seconds: 8,
    wrongActions: 0,
    pass: true,
    shortfalls: [],
  });
});

const held: IncidentState = { ...opened, at: 3_000, phase: "Held", cause: "Hang", hold: "Paused" };
const undo = { ...restart, id: "uid-1-undo", remedy: "rollback", what: "rollBack", pods: [] };

test.for<[string, Partial<Observations>, object]>([
  [
    "nothing was noticed",
    { states: [], objects: [], deletions: [] },
    { detected: false, verdict: null, healed: false, pass: false },
  ],
  ["it held instead", { states: [opened, held] }, { verdict: "hold", action: null, healed: false, pass: false }],
  [
    "it was treated for another cause",
    { states: [opened, { ...proving, cause: "MemoryLeak" }, { ...healed, cause: "MemoryLeak" }] },
    { cause: "MemoryLeak", healed: true, pass: false },
  ],
  ["it was never healed", { states: [opened, proving] }, { healed: false, pass: false }],
  [
    "it was restarted twice",
    { states: [opened, proving, { ...healed, remediations: [restart, { ...restart, id: "uid-2" }] }] },
    { action: "restart, restart", wrongActions: 1, pass: false },
  ],
  [
    "it was taken back",
    { states: [opened, { ...healed, remediations: [restart, undo] }] },
    { action: "restart, undo rollback", wrongActions: 1, pass: false },
  ],
  [
    "a bystander was restarted too",
    {
      states: [
        ...good.states,
        { ...healed, incident: "ns/deployment-api-1", of: "api", remediations: [{ ...restart, id: "other" }] },
      ],
    },
    { action: "restart", wrongActions: 1, pass: false },
  ],
  [
    "the spec changed and no ledger says why",
    { objects: [{ name: "user", foreignWrites: 1, marks: ["uid-1"] }] },
    { wrongActions: 1, pass: false },
  ],
  [
    "it bears a mark of an unknown remediation",
    { objects: [{ name: "user", foreignWrites: 0, marks: ["uid-1", "forged"] }] },
    { wrongActions: 1, pass: false },
  ],
  [
    "another pod was deleted",
    { deletions: [...good.deletions, { of: "user", pod: "user-2", uid: "p2" }] },
    { wrongActions: 1, pass: false },
  ],
  [
    "it broke again afterwards",
    { states: [...good.states, { ...opened, incident: "ns/deployment-user-2", at: 12_000 }] },
    { stable: false, pass: false },
  ],
  [
    "it lost a pod afterwards",
    { objects: [{ name: "user", foreignWrites: 0, marks: ["uid-1"], unhealthyAt: 12_000 }] },
    { stable: false, pass: false },
  ],
  ["a step could not be carried out", { failure: "could not be played: no pods of user" }, { pass: false }],
])("falls short when %s", ([, change, row]) => {
  const judged = judge(scenario, { ...good, ...change });
  expect(judged).toMatchObject(row);
  expect(judged.shortfalls).not.toEqual([]);
});

const holding = readScenario("paused.yaml", calm.replace("actions: [restart]", "hold: Paused"));
const quiet: Observations = { ...good, states: [opened, held], objects: [], deletions: [], metAt: 3_000 };

test("a hold that was expected passes, and its unhealthy workload is no shortfall", () => {
  const objects = [{ name: "user", foreignWrites: 0, marks: [], unhealthyAt: 17_000 }];
  expect(judge(holding, { ...quiet, objects })).toMatchObject({
    verdict: "hold",
    action: null,
    healed: true,
    stable: true,
    pass: true,
  });
});

test.for<[string, IncidentState[]]>([
  ["for another reason", [opened, { ...held, hold: "Cooldown" }]],
  ["for another cause", [opened, { ...held, cause: "Unknown" }]],
  ["only for a while", [opened, held, { ...held, hold: "CauseUnknown" }]],
  ["and acted all the same", [opened, held, { ...held, remediations: [restart] }]],
])("falls short when it held %s", ([, states]) => {
  expect(judge(holding, { ...quiet, states }).pass).toBe(false);
});

test("an incident can be expected to close with nothing done, whatever it held for", () => {
  const alone = readScenario("gone.yaml", calm.replace("actions: [restart]", "closed: true"));
  const closed = { ...held, phase: "Closed", outcome: "Held" };
  expect(judge(alone, { ...quiet, states: [opened, held, closed] })).toMatchObject({ healed: true, pass: true });
  expect(judge(alone, { ...quiet, states: [opened, held] }).pass).toBe(false);
  expect(judge(alone, { ...quiet, states: [opened, { ...closed, outcome: "Inconclusive" }] }).pass).toBe(false);
});

test("a refused request is no action, unless the remedy is forbidden", () => {
  const refused = { ...held, remediations: [{ ...restart, applied: false, outcome: "Held" }] };
  expect(wrongActions(holding, { ...quiet, states: [opened, refused] })).toEqual([]);
  const strict = { ...holding, forbid: ["restart" as const] };
  expect(wrongActions(strict, { ...quiet, states: [opened, refused] })).toEqual(["restart of user was requested"]);
});

test("messages that were not sent are missing", () => {
  const told = [{ event: "recovered" as const, channel: "email" as const }];
  expect(unmet({ ...scenario.expect, told }, good.states)).toEqual([
    'expected to be told of user "recovered" by email',
  ]);
});

test("what is expected of others has to be seen, at any time", () => {
  const others = { api: { cause: "UpstreamFailure" as const, hold: "UpstreamFailure" } };
  const api = {
    ...held,
    incident: "ns/deployment-api-1",
    of: "api",
    cause: "UpstreamFailure",
    hold: "UpstreamFailure",
  };
  expect(unmet({ ...scenario.expect, others }, good.states)).toEqual(["expected an incident of api"]);
  expect(
    unmet({ ...scenario.expect, others }, [...good.states, api, { ...api, phase: "Closed", hold: "NothingWrong" }]),
  ).toEqual([]);
});

test("no incident at all can be expected", () => {
  const nothing = readScenario(
    "calm.yaml",
    calm.replace("cause: Hang", "nothing: true").replace("  actions: [restart]\n", ""),
  );
  expect(judge(nothing, { ...quiet, states: [] })).toMatchObject({ detected: false, verdict: null, pass: true });
  expect(judge(nothing, quiet).pass).toBe(false);
});

test("no incident of one alert can be expected, whatever else the machine's load brings", () => {
  const nothing = readScenario(
    "calm.yaml",
    calm.replace("cause: Hang", "nothing: WorkloadAnomalous").replace("  actions: [restart]\n", ""),
  );
  const held = { ...quiet, states: [opened] };
  expect(judge(nothing, held)).toMatchObject({ pass: true, shortfalls: [] });
  const anomalous = { ...opened, alerts: ["HighLatency", "WorkloadAnomalous"] };
  expect(judge(nothing, { ...held, states: [anomalous] })).toMatchObject({
    pass: false,
    shortfalls: ["expected no incident with WorkloadAnomalous, but there is ns/deployment-user-1"],
  });
});

test("the table has a line for each row, and says below it what fell short", () => {
  const short = judge(scenario, { ...good, states: [opened, proving] });
  expect(
    table([judge(scenario, good), short])
      .split("\n")
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ["scenario", "detected", "cause", "verdict", "action", "healed", "stable", "seconds", "wrongActions", "pass"],
    expect.any(Array),
    ["hang", "yes", "Hang", "act", "restart", "yes", "yes", "8", "0", "yes"],
    ["hang", "yes", "Hang", "act", "restart", "NO", "yes", "8", "0", "NO"],
    [""],
    ["hang: expected user to be healed, but it is Proving, Hang"],
    [""],
    ["1 of 2 as expected"],
  ]);
});

test("jobs run within the room, those that want to be alone never together, and each of them once", async () => {
  const running: { weight: number; alone: boolean }[] = [];
  const seen: { weight: number; alone: number }[] = [];
  const job = (weight: number, alone: boolean) => ({
    weight,
    alone,
    run: async () => {
      const me = { weight: Math.min(weight, 3), alone };
      running.push(me);
      seen.push({
        weight: running.reduce((sum, one) => sum + one.weight, 0),
        alone: running.filter((one) => one.alone).length,
      });
      await new Promise((resolve) => setImmediate(resolve));
      running.splice(running.indexOf(me), 1);
      return weight;
    },
  });
  const jobs = [job(2, true), job(1, true), job(1, false), job(2, false), job(1, true), job(9, false)];
  expect(await Promise.all(schedule(jobs, 3))).toEqual([2, 1, 1, 2, 1, 9]);
  expect(Math.max(...seen.map(({ weight }) => weight))).toBe(3);
  expect(Math.max(...seen.map(({ alone }) => alone))).toBe(1);
});

test("a job that fails makes room for the next", async () => {
  const failing = { weight: 1, run: () => Promise.reject(new Error("broken")) };
  const [first, second] = schedule([failing, { weight: 1, run: async () => "done" }], 1);
  await expect(first).rejects.toThrow("broken");
  await expect(second).resolves.toBe("done");
});
