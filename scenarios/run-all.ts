import type { Scenario } from "./format/index.ts";
import { play } from "./play/index.ts";
import { schedule } from "./schedule.ts";
import type { Target } from "./target/index.ts";
import { judge, type Row } from "./verdict/index.ts";

/** Plays scenarios on a target, some at a time; each promise is one row, in the order given. `say` gets what happens, live. */
export function runAll(
  scenarios: readonly Scenario[],
  target: Target,
  { parallel, say }: { parallel: number; say: (scenario: string, text: string) => void },
): Promise<Row>[] {
  const jobs = scenarios.map((scenario) => ({
    // Two that fill the CPU never run together, and beside one there is room for a single light one.
    weight: scenario.load === "heavy" ? Math.max(1, parallel - 1, Math.floor(parallel / 2) + 1) : 1,
    run: async () => {
      const row = judge(scenario, await play(scenario, target, (text) => say(scenario.name, text)));
      say(scenario.name, row.pass ? `PASS, ${row.seconds} s` : `SHORT: ${row.shortfalls.join("; ")}`);
      return row;
    },
  }));
  return schedule(jobs, parallel);
}
