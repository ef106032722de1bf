import { generatorOf } from "../../../functions/lib/anomaly/forest/index.ts";
import { markdownTable } from "../markdown.ts";
import type { BenchTable, Contender } from "./contender.ts";

/** The least and the median of many measurements, both also in relation to the first contender's. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly minRatio: number;
  readonly medianRatio: number;
}

/** What one contender needs: milliseconds to grow, microseconds for a row of many and for a row alone, bytes to be kept. */
export interface Speed {
  readonly name: string;
  readonly fitMs: Spread;
  readonly rowUs: Spread;
  readonly oneRowUs: Spread;
  readonly bytes: number | null;
}

interface Times {
  readonly fitMs: number[];
  readonly rowUs: number[];
  readonly oneRowUs: number[];
}

/** 10,000 rows of 8 bell-shaped columns. */
function theTable(): BenchTable {
  const [rows, columns] = [10_000, 8];
  const { next } = generatorOf(1);
  const bell = () => Array.from({ length: 6 }, next).reduce((sum, one) => sum + one / 2 ** 32, -3);
  return { values: new Float64Array(rows * columns).map(bell), rows, columns };
}

/** Measures all contenders in turn, round by round, so that what else the machine does falls on all of them. */
export async function benchSpeed(all: readonly Contender[], rounds: number, say: (text: string) => void) {
  const table = theTable();
  const times = all.map((): Times => ({ fitMs: [], rowUs: [], oneRowUs: [] }));
  const sizes = new Map<string, number | undefined>();
  for (const contender of all) await contender.use(table);
  // The first round compiles and fills caches, and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    say(round === 0 ? "speed: a round that does not count" : `speed: round ${round} of ${rounds}`);
    for (const [i, contender] of all.entries()) {
      const found = await measure(contender, round);
      sizes.set(contender.name, await contender.bytes());
      if (round === 0) continue;
      for (const key of ["fitMs", "rowUs", "oneRowUs"] as const) times[i]?.[key].push(...found[key]);
    }
  }
  return all.map(({ name }, i) => speedOf(name, sizes.get(name), times[i], times[0]));
}

async function measure(contender: Contender, seed: number): Promise<Times> {
  const found: Times = { fitMs: [], rowUs: [], oneRowUs: [] };
  for (let i = 0; i < contender.repeats; i += 1) {
    found.fitMs.push(await contender.fit(seed));
    found.rowUs.push(((await contender.score(contender.speedRows)).ms * 1000) / contender.speedRows);
    found.oneRowUs.push((await contender.scoreOne()) * 1000);
  }
  return found;
}

function speedOf(name: string, bytes: number | undefined, times?: Times, base?: Times): Speed {
  const spread = (key: keyof Times): Spread => {
    const [mine, first] = [leastAndMedian(times?.[key] ?? []), leastAndMedian(base?.[key] ?? [])];
    return { ...mine, minRatio: mine.min / first.min, medianRatio: mine.median / first.median };
  };
  const [fitMs, rowUs, oneRowUs] = [spread("fitMs"), spread("rowUs"), spread("oneRowUs")];
  return { name, fitMs, rowUs, oneRowUs, bytes: bytes ?? null };
}

function leastAndMedian(values: readonly number[]): { min: number; median: number } {
  const sorted = values.toSorted((a, b) => a - b);
  return { min: sorted[0] ?? Number.NaN, median: sorted[sorted.length >> 1] ?? Number.NaN };
}

/** A table for people: the least and the median, and in brackets their multiples of our engine's. */
export function speedTable(all: readonly Speed[]): string {
  const cell = ({ min, median, minRatio, medianRatio }: Spread, tell: (value: number) => string) =>
    `${tell(min)} / ${tell(median)} (${minRatio.toFixed(2)} / ${medianRatio.toFixed(2)} x)`;
  const rows = all.map(({ name, fitMs, rowUs, oneRowUs, bytes }) => [
    name,
    cell(fitMs, (ms) => ms.toFixed(1)),
    cell(rowUs, (us) => `${(1000 / us).toFixed(0)} k`),
    cell(oneRowUs, (us) => us.toFixed(1)),
    bytes === null ? "can't be kept" : `${(bytes / 1000).toFixed(0)} kB`,
  ]);
  return markdownTable(["100 trees x 256 rows, 10,000 x 8", "fit, ms", "rows/s", "one row, µs", "model"], rows);
}
