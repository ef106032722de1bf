/** `npm run bench:cold`: how long a function takes from nothing to its first answer. */
import { readOptions } from "../options.ts";
import { aloneTable, benchAlone } from "./cold/alone.ts";
import { benchCluster, clusterTable } from "./cold/cluster.ts";

const help = `npm run bench:cold -- [--runs N] [--cluster] [--json] [--help]

Starts each function's process again and again, in turn with a bare node:http server and faas-js-runtime, and prints a table of
times and memory with ratios to the bare server. Progress is on stderr. scripts/bench/README.md says what is measured and how.

  --runs N         so many starts of each (default 20; with --cluster 3)
  --cluster        on the cluster of the current KUBECONFIG context instead, where AutoHeal is deployed as Knative Services:
                   each function from zero, from the event to its answer
  --namespace N    AutoHeal's namespace there (default autoheal)
  --token T        there, what receive and console are shown to be let in; without it they answer 401
  --json           one JSON object

Exit code: 0 when it was measured, 1 when not.
`;

const { values } = readOptions({
  options: {
    help: { type: "boolean", short: "h" },
    json: { type: "boolean" },
    cluster: { type: "boolean" },
    runs: { type: "string" },
    namespace: { type: "string", default: "autoheal" },
    token: { type: "string" },
  },
});
const say = (text: string) => console.error(text);

async function main(): Promise<void> {
  if (values.help) return console.log(help);
  const runs = Number(values.runs ?? (values.cluster ? 3 : 20));
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs is ${values.runs}; allowed: a whole number from 1`);
  if (values.cluster) {
    const rows = await benchCluster(values.namespace, runs, values.token, say);
    console.log(values.json ? JSON.stringify({ cluster: rows }) : clusterTable(rows));
  } else {
    const all = await benchAlone(runs, say);
    console.log(values.json ? JSON.stringify({ alone: all }) : aloneTable(all));
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
