import type { Scenario } from "./format/index.ts";
import { play } from "./play/index.ts";
import { schedule } from "./schedule.ts";
import type { Target } from "./target/index.ts";
import { judge, type Row } from "./verdict/index.ts";

/** How scenarios are run. */
export interface RunOptions {
  /** So many at a time. */
  parallel: number;
  /** Deadlines are so many times longer than the scenarios say; 1. */
  patience?: number;
  /** Ends all of it early: nothing else is begun, and what was placed is taken away. */
  stop?: AbortSignal;
  /** Gets what happens, live. */
  say: (scenario: string, text: string) => void;
}

/** How much room scenarios take of `parallel`. */
const weights = { light: 1, heavy: 2, waiting: 0.25 } as const;

/**
 * Plays scenarios on a target, some at a time; each promise is one row, in the order given. What may take longest begins
 * first, so that it is not what all wait for in the end.
 */
export function runAll(
  scenarios: readonly Scenario[],
  target: Target,
  { parallel, patience = 1, stop, say }: RunOptions,
): Promise<Row>[] {
  const longestFirst = scenarios.toSorted((a, b) => mayTake(b) - mayTake(a));
  const jobs = longestFirst.map((scenario) => ({
    weight: weights[scenario.load ?? "light"],
    // Two that fill the CPU never run together.
    alone: scenario.load === "heavy",
    run: async () => {
      stop?.throwIfAborted();
      const seen = await play(scenario, target, { patience, stop, say: (text) => say(scenario.name, text) });
      const row = judge(scenario, seen);
      say(scenario.name, row.pass ? `PASS, ${row.seconds} s` : `SHORT: ${row.shortfalls.join("; ")}`);
      return row;
    },
  }));
  const rows = new Map(schedule(jobs, parallel).map((row, i) => [longestFirst[i], row]));
  return scenarios.flatMap((scenario) => rows.get(scenario) ?? []);
}

/** Production's seconds that a scenario may take, by what it says itself. */
function mayTake({ break: steps, expect }: Scenario): number {
  return steps.reduce((sum, { wait }) => sum + (wait?.steady ?? 0), expect.within);
}
