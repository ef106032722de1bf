import { afterAll, beforeAll, expect, test } from "vitest";
import { readScenarios } from "./format/index.ts";
import { runAll } from "./run-all.ts";
import { type SandboxTarget, sandboxTarget } from "./target/index.ts";
import type { Row } from "./verdict/index.ts";

/** The quickest that together use every function and each kind of remedy; heavy ones first, so that light ones fill in. */
const quick = readScenarios([
  "cpu-traffic",
  "version-2",
  "upstream-down",
  "oom",
  "bad-image",
  "hang-stale-connection",
  "silenced",
  "ambiguous-target",
  "approve-mode",
  "unlabelled-namespace",
]);

const rows = new Map<string, Promise<Row>>();
const told: string[] = [];
let target: SandboxTarget;

beforeAll(async () => {
  target = await sandboxTarget();
  const say = (scenario: string, text: string) => told.push(`${new Date().toISOString()} ${scenario}: ${text}`);
  runAll(quick, target, { parallel: 4, say }).forEach((row, i) => {
    rows.set(quick[i]?.name ?? "", row);
    // Each test waits for its own.
    row.catch(() => {});
  });
}, 120_000);

afterAll(() => target?.close(), 30_000);

test("the console shows a heal while it goes on", { timeout: 150_000 }, async () => {
  const console = `${target.sandbox.knative.urlOf("console")}/?format=json`;
  const states = async () => {
    const answer = await fetch(console);
    const { workloads } = (await answer.json()) as { workloads: { state: string }[] }; // reason: the console's Status
    return workloads.map(({ state }) => state);
  };
  await expect.poll(states, { timeout: 140_000, interval: 500 }).toContain("Healing");
});

// They all run side by side; a test takes as long as its row is still away.
test.for(quick.map(({ name, about }) => [name, about] as const))("%s: %s", { timeout: 300_000 }, async ([name]) => {
  const row = await rows.get(name);
  const story = told.filter((line) => line.includes(` ${name}: `)).join("\n");
  expect(row?.shortfalls, story).toEqual([]);
  expect(row?.pass, story).toBe(true);
});
