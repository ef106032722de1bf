/** `npm run scenarios`: plays scenarios and prints what came of them. */
import { buildAll } from "../scripts/build.ts";
import { recordedImages } from "../scripts/images/index.ts";
import { readOptions } from "../scripts/options.ts";
import { catalogueFiles, readScenarios, ScenarioError } from "./format/index.ts";
import { runAll } from "./run-all.ts";
import { clusterTarget, sandboxTarget, type Target, TargetError } from "./target/index.ts";
import { table } from "./verdict/index.ts";

const help = `npm run scenarios -- [--json] [--cluster] [--parallel N] [--help] [file…]

Breaks services on purpose, and checks that AutoHeal finds the cause and does what it should, and nothing else.
A file is a path, or the name of one in scenarios/catalogue; without any all of those are played.

  --json           one JSON object: {rows: [{scenario, detected, cause, verdict, action, healed, stable, seconds,
                   wrongActions, pass, shortfalls}], pass}
  --cluster        in the cluster of the current KUBECONFIG context, with AutoHeal deployed in it (\`npm run deploy\`), and
                   the sample apps' images (\`npm run images\`); default: a sandbox
  --time-scale N   how many times faster than in production a sandbox's durations pass (default 20, 1 to 30; less for a
                   slow machine); a cluster's is what it was deployed with
  --parallel N     so many at a time (default 4)
  --patience N     deadlines N times longer than the scenarios say, for a slow machine
  --quiet          no progress on stderr, but the story of what fell short

Exit code: 0 when all rows pass, 1 when one falls short, 2 when they could not be played, 130 when they were stopped: what they had
placed is taken away then.
`;

async function main(): Promise<number> {
  const { values, positionals } = readOptions({
    allowPositionals: true,
    options: {
      help: { type: "boolean", short: "h" },
      json: { type: "boolean" },
      cluster: { type: "boolean" },
      quiet: { type: "boolean" },
      parallel: { type: "string", default: "4" },
      patience: { type: "string", default: "1" },
      "time-scale": { type: "string" },
    },
  });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const patience = atLeastOne("--patience", values.patience);
  const parallel = atLeastOne("--parallel", values.parallel);
  const all = readScenarios(positionals.length > 0 ? positionals : catalogueFiles());
  const scenarios = all.filter(({ only }) => !values.cluster || only !== "sandbox");
  const began = Date.now();
  const told: { scenario: string; line: string }[] = [];
  const say = (scenario: string, text: string) => {
    const seconds = ((Date.now() - began) / 1000).toFixed(0).padStart(4);
    const line = `${seconds} s  ${scenario.padEnd(24)} ${text}`;
    told.push({ scenario, line });
    if (!values.quiet) console.error(line);
  };
  const given = values["time-scale"];
  const timeScale = given === undefined ? undefined : atLeastOne("--time-scale", given);
  if (values.cluster && timeScale !== undefined)
    throw new TargetError("--time-scale: a cluster's is what it was deployed with");
  let target: Target | undefined;
  const stopping = new AbortController();
  const { signal: stop } = stopping;
  // Before the target is there, what was begun ends with this process; afterwards scenarios take away what they have placed.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => (target ? stopping.abort(new Error(`stopped by ${signal}`)) : process.exit(130)));
  target = values.cluster ? await clusterTarget(recordedImages()) : await sandbox(say, timeScale);
  try {
    const playing = runAll(scenarios, target, { parallel, patience, stop, say });
    await Promise.allSettled(playing);
    if (stop.aborted) return 130;
    const rows = await Promise.all(playing);
    const pass = rows.every((row) => row.pass);
    const storyOf = (name: string) => told.flatMap(({ scenario, line }) => (scenario === name ? line : []));
    for (const row of rows) if (!row.pass) console.error(["", ...storyOf(row.scenario)].join("\n"));
    console.log(values.json ? JSON.stringify({ rows, pass }, null, 2) : table(rows));
    return pass ? 0 : 1;
  } finally {
    await target.close();
  }
}

async function sandbox(say: (scenario: string, text: string) => void, timeScale?: number): Promise<Target> {
  say("sandbox", "building and starting");
  await buildAll();
  const target = await sandboxTarget(timeScale);
  say("sandbox", "is up");
  return target;
}

function atLeastOne(option: string, text: string): number {
  const number = Number(text);
  if (!(number >= 1)) throw new TargetError(`${option} is ${text}: expected a number of at least 1`);
  return number;
}

try {
  process.exitCode = await main();
} catch (error) {
  const known = error instanceof ScenarioError || error instanceof TargetError;
  console.error(known && error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
