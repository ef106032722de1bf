/** `npm run bench:anomaly`: how well anomalies of labelled series are found, and how honest the budget of false alarms is. */
import { readOptions } from "../options.ts";
import { benchSets, type SetFigures, table } from "./anomaly/sets.ts";
import { readSeriesFolder } from "./series-folder.ts";

const help = `npm run bench:anomaly -- --data FOLDER [--set NAME] [--json] [--help]

Scores the labelled series of a folder (its format: scripts/bench/README.md) with AutoHeal's method in its one configuration, and with
Isolation Forest on raw values, robust z and random numbers beside it. Progress is on stderr.

  --data FOLDER    has an index.json
  --set NAME       only the series of this set
  --json           one JSON object, with the figures of each series

Exit code: 0 when it was measured, 1 when not.
`;

const { values } = readOptions({
  options: {
    help: { type: "boolean", short: "h" },
    json: { type: "boolean" },
    data: { type: "string" },
    set: { type: "string" },
  },
});

function main(): void {
  if (values.help) {
    console.log(help);
    return;
  }
  if (!values.data) throw new Error("--data is missing: the folder of the series. `--help` says more.");
  const entries = readSeriesFolder(values.data).filter(({ set }) => !values.set || set === values.set);
  const sets: SetFigures[] = benchSets(entries, (text) => console.error(text));
  if (sets.length === 0)
    throw new Error(`--data ${values.data} has no series${values.set ? ` of set ${values.set}` : ""}`);
  console.log(values.json ? JSON.stringify({ sets }) : table(sets));
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
