/** `npm run bench:forest`: how fast our Isolation Forest is, and how well it ranks, beside other implementations. */
import { readOptions } from "../options.ts";
import { accuracyTable, benchAccuracy, type NamedTable, overall } from "./forest/accuracy.ts";
import type { Contender } from "./forest/contender.ts";
import { asItIs, corrected, own } from "./forest/engine.ts";
import { parityOf, tellParity } from "./forest/parity.ts";
import { scikitLearn } from "./forest/scikit-learn.ts";
import { benchSpeed, speedTable } from "./forest/speed.ts";
import { readSeriesFolder } from "./series-folder.ts";

const help = `npm run bench:forest -- [--rounds N] [--python P] [--tables F] [--seeds N] [--json] [--help]

Grows Isolation Forests of 100 trees x 256 rows from 10,000 rows of 8 columns and scores with them, in turn: our engine,
ml-isolation-forest as it is, the same mended (our second engine), and scikit-learn. Prints a table with ratios to ours; with
--tables another one of ROC-AUC. Progress is on stderr. scripts/bench/README.md says what is measured and how.

  --rounds N       so many rounds of each (default 10)
  --python P       a Python that has scikit-learn; without it scikit-learn is left out
  --tables F       also the accuracy on the labelled tables in folder F, whose index.json scripts/bench/README.md describes
  --seeds N        there, forests of so many seeds for each table (default 20, at least 2)
  --json           one JSON object

Exit code: 0 when it was measured, 1 when not; the verdict on parity is part of what is measured.
`;

const { values } = readOptions({
  options: {
    help: { type: "boolean", short: "h" },
    json: { type: "boolean" },
    rounds: { type: "string", default: "10" },
    python: { type: "string" },
    tables: { type: "string" },
    seeds: { type: "string", default: "20" },
  },
});
const say = (text: string) => console.error(text);

function wholeNumber(option: string, given: string, least: number): number {
  const number = Number(given);
  if (Number.isInteger(number) && number >= least) return number;
  throw new Error(`--${option} is ${given}; allowed: a whole number from ${least}`);
}

function tablesOf(folder: string): NamedTable[] {
  const tables = readSeriesFolder(folder).filter((entry) => entry.kind === "table");
  if (tables.length === 0) throw new Error(`${folder} has no labelled tables`);
  return tables;
}

async function accuracy(all: readonly Contender[], tables: readonly NamedTable[], seeds: number) {
  const found = await benchAccuracy(all, tables, seeds, say);
  const names = all.map(({ name }) => name);
  const mean = Object.fromEntries(names.map((name) => [name, overall(found, name)]));
  const parity = names.includes("scikit-learn") ? parityOf(found, "own", "scikit-learn") : undefined;
  const told = `${accuracyTable(found, names)}${parity ? `\n\n${tellParity(parity)}` : ""}`;
  return { seeds, tables: found, mean, parity, told };
}

async function main(): Promise<void> {
  if (values.help) return console.log(help);
  const rounds = wholeNumber("rounds", values.rounds, 1);
  const seeds = wholeNumber("seeds", values.seeds, 2);
  const tables = values.tables === undefined ? undefined : tablesOf(values.tables);
  const others = values.python ? [await scikitLearn(values.python)] : [];
  try {
    const mended = corrected();
    const speed = await benchSpeed([own(), asItIs(), mended, ...others], rounds, say);
    // As it is, the package has neither seeds nor an end on larger tables.
    const ranked = tables && (await accuracy([own(), mended, ...others], tables, seeds));
    if (values.json) {
      const { told: _, ...plain } = ranked ?? { told: "" };
      console.log(JSON.stringify({ speed, ...(ranked ? { accuracy: plain } : {}) }));
    } else console.log([speedTable(speed), ...(ranked ? [ranked.told] : [])].join("\n\n"));
  } finally {
    await Promise.all(others.map(({ close }) => close()));
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
