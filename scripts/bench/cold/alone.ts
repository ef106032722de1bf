import { makeContenders } from "./contenders.ts";
import { type Start, startOnce } from "./process.ts";

/** What came of all starts of one contender. */
export interface Summary {
  name: string;
  /** Of each measure the least and the median, and both in relation to the bare server's. */
  measures: Record<keyof Start, { min: number; median: number; minRatio: number; medianRatio: number }>;
}

/** Starts every contender `runs` times in turn, so that what else the machine does falls on all of them. */
export async function benchAlone(runs: number, say: (text: string) => void): Promise<Summary[]> {
  const { all, close } = await makeContenders(say);
  try {
    const starts = new Map<string, Start[]>(all.map(({ name }) => [name, []]));
    // The first round fills the page cache, and does not count.
    for (let round = 0; round <= runs; round += 1) {
      say(round === 0 ? "a round that does not count" : `round ${round} of ${runs}`);
      for (const contender of all) {
        const start = await startOnce(contender);
        if (round > 0) starts.get(contender.name)?.push(start);
      }
    }
    return summaries(starts);
  } finally {
    await close();
  }
}

/** The first contender is what the others are related to. */
export function summaries(starts: ReadonlyMap<string, readonly Start[]>): Summary[] {
  const keys = ["readyMs", "readyCpuMs", "answerMs", "answerCpuMs", "peakMiB"] as const;
  const plain = [...starts].map(([name, all]) => ({
    name,
    of: (key: keyof Start) => {
      const sorted = all.map((start) => start[key]).sort((a, b) => a - b);
      return { min: sorted[0] ?? Number.NaN, median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN };
    },
  }));
  return plain.map(({ name, of }) => {
    const measures = keys.map((key) => {
      const { min, median } = of(key);
      const base = plain[0]?.of(key) ?? { min: Number.NaN, median: Number.NaN };
      return [key, { min, median, minRatio: min / base.min, medianRatio: median / base.median }] as const;
    });
    return { name, measures: Object.fromEntries(measures) as Summary["measures"] }; // reason: every key is in keys
  });
}

/** The goals of the process alone, as a multiple of the bare server: until ready, and peak memory. */
function goalOf(name: string): { ready: number; memory: number } | undefined {
  if (name === "receive" || name === "notify") return { ready: 1.3, memory: 1.3 };
  return name === "bare node:http" || name === "faas-js-runtime" ? undefined : { ready: 1.6, memory: 1.3 };
}

/** A table for people: `least / median` and the multiple of the bare server's. */
export function aloneTable(all: readonly Summary[]): string {
  const columns = {
    readyMs: "ready, ms",
    readyCpuMs: "ready, CPU ms",
    answerMs: "first answer, ms",
    answerCpuMs: "first answer, CPU ms",
    peakMiB: "peak, MiB",
  } as const;
  const head = ["process alone", ...Object.values(columns), "goal: ready, peak"];
  const rows = all.map(({ name, measures }) => {
    const goal = goalOf(name);
    const cells = Object.keys(columns).map((key) => {
      const { min, median, minRatio, medianRatio } = measures[key as keyof Start]; // reason: the keys of columns
      return `${min.toFixed(0)} / ${median.toFixed(0)} (${minRatio.toFixed(2)} / ${medianRatio.toFixed(2)} x)`;
    });
    return [name, ...cells, goal ? `${goal.ready} x, ${goal.memory} x` : ""];
  });
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
