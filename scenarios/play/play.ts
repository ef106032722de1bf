import { randomBytes } from "node:crypto";
import type { Scenario } from "../format/index.ts";
import type { Target } from "../target/index.ts";
import { type Observations, unmet } from "../verdict/index.ts";
import { until, WaitError } from "./conditions.ts";
import { startObserver } from "./observer.ts";
import { breaks, perform } from "./perform.ts";
import { clear, place } from "./place.ts";
import { deadline, lookMilliseconds, type Stage } from "./stage.ts";

/** AutoHeal's own namespace: alerts that lead to no workload are kept there. */
const ownNamespace = "autoheal";

/** How long what is expected has to stay so, in production's seconds, where the scenario does not say. */
const defaultStableSeconds = 180;

/** Plays a scenario on a target in a namespace of its own, and takes everything away again. */
export async function play(
  scenario: Scenario,
  target: Target,
  { patience, say, stop }: { patience: number; say: (text: string) => void; stop?: AbortSignal | undefined },
): Promise<Observations> {
  const stage: Stage = {
    target,
    scenario: scenario.name,
    namespace: scenario.namespace?.name ?? `${scenario.name.slice(0, 50)}-${randomBytes(2).toString("hex")}`,
    patience,
    say,
    ownWrites: new Map(),
    ownDeletions: new Set(),
    created: [],
    silences: [],
    restore: [],
    stop,
    over: false,
  };
  const began = Date.now();
  try {
    await place(stage, scenario);
    return await watch(stage, scenario);
  } catch (error) {
    const failure = `could not be played: ${error instanceof Error ? error.message : error}`;
    return { states: [], objects: [], deletions: [], brokenAt: began, endedAt: Date.now(), failure };
  } finally {
    stage.over = true;
    await clear(stage);
  }
}

/** Breaks what is to be broken, and looks on until it is as expected and has stayed so, or time is up. */
async function watch(stage: Stage, { break: steps, expect }: Scenario): Promise<Observations> {
  const observer = startObserver(stage, ownNamespace);
  // What is broken as it was deployed is broken from then on.
  const deployedAt = Date.now();
  let brokenAt: number | undefined;
  let metAt: number | undefined;
  let failure: string | undefined;
  try {
    for (const step of steps) {
      if (breaks(step)) brokenAt ??= Date.now();
      await perform(step, stage, observer);
    }
    await until(
      "what is expected",
      deadline(stage, expect.within),
      () => unmet(expect, observer.seen().states).length === 0,
      stage.stop,
    );
    metAt = Date.now();
    stage.say("all as expected; it has to stay so");
    const lookMs = lookMilliseconds(stage, expect.stable ?? defaultStableSeconds);
    const end = Date.now() + lookMs;
    await until("the time to stay so", lookMs + 1000, () => Date.now() >= end, stage.stop);
  } catch (error) {
    // What is missing in the end is said by the judge, better than by the wait.
    if (!(error instanceof WaitError) || !error.message.includes("what is expected")) {
      failure = `could not be played: ${error instanceof Error ? error.message : error}`;
    }
  }
  await observer.stop();
  return {
    ...observer.seen(),
    brokenAt: brokenAt ?? deployedAt,
    ...(metAt === undefined ? {} : { metAt }),
    endedAt: Date.now(),
    ...(failure ? { failure } : {}),
  };
}
