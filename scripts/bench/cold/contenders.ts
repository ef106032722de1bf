import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildFunctions, functionNames } from "../../build.ts";
import { environmentOf, firstRequests, startNeighbours } from "../../first-event/index.ts";
import type { Contender } from "./process.ts";

const run = promisify(execFile);
const own = join(import.meta.dirname, "contenders");

/** All that are compared, and how their files and neighbours are cleared away. */
export interface Contenders {
  all: Contender[];
  close(): Promise<void>;
}

/**
 * Builds the functions, and warms copies of them as an image is made; beside them Node's bare server, which comes first, and
 * faas-js-runtime with the same trivial handler, with Node's own compile cache.
 */
export async function makeContenders(say: (text: string) => void): Promise<Contenders> {
  say("building the functions");
  await buildFunctions();
  const folder = await mkdtemp(join(tmpdir(), "bench-cold-"));
  const kubeconfig = join(folder, "kubeconfig");
  const neighbours = await startNeighbours();
  await writeFile(kubeconfig, neighbours.kubeconfig);
  const environment = environmentOf({ sink: neighbours.sink, kubeconfig });
  const trivial = firstRequests.restart;
  const all: Contender[] = [
    {
      name: "bare node:http",
      file: join(own, "bare.cjs"),
      environment,
      readinessPath: "/health/ready",
      first: trivial,
    },
    {
      name: "faas-js-runtime",
      file: join(own, "faas.cjs"),
      environment: { ...environment, NODE_COMPILE_CACHE: join(folder, "faas-cache") },
      readinessPath: "/health/readiness",
      first: trivial,
    },
  ];
  for (const name of functionNames) {
    say(`warming ${name}`);
    const build = join(folder, name);
    await cp(join(import.meta.dirname, "../../../functions", name, "build"), build, { recursive: true });
    await run(process.execPath, [join(build, "warm.cjs")]);
    const file = join(build, "index.cjs");
    all.push({ name, file, environment, readinessPath: "/health/ready", first: firstRequests[name] });
  }
  return {
    all,
    close: async () => {
      neighbours.close();
      await rm(folder, { recursive: true });
    },
  };
}
