/**
 * `node warm.cjs`, beside a function's bundle: has V8 compile what the function runs from its start to its first answers, and
 * leaves that in `cache/` beside it, which index.cjs uses. Run where the image is made, by the same Node.js with the same flags
 * (NODE_OPTIONS) and on the same architecture as in the image: V8 refuses anything else, and the function starts without.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { environmentOf, type FirstRequest, firstRequests, startNeighbours } from "../first-event/index.ts";

/** Longest that a function may take to serve, in ms. */
const startMs = 60_000;

const cache = join(__dirname, "cache");

async function warm(): Promise<void> {
  await rm(cache, { recursive: true, force: true });
  const folder = await mkdtemp(join(tmpdir(), "warm-"));
  const neighbours = await startNeighbours();
  try {
    const kubeconfig = join(folder, "kubeconfig");
    await writeFile(kubeconfig, neighbours.kubeconfig);
    await runOnce(environmentOf({ sink: neighbours.sink, kubeconfig }));
  } finally {
    neighbours.close();
    await rm(folder, { recursive: true });
  }
  await stat(join(cache, "function.js"));
}

/** Starts the function, asks it everything that any function takes, and ends it; what it compiled is written as it ends. */
async function runOnce(environment: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, [join(__dirname, "index.cjs")], {
    env: {
      ...environment,
      PORT: "0",
      AUTOHEAL_WARM: "true",
      ...(process.env.NODE_OPTIONS ? { NODE_OPTIONS: process.env.NODE_OPTIONS } : {}),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  try {
    const serving = new Promise<string>((resolve) => {
      createInterface(child.stdout).on("line", (line) => {
        const port = /"port":(\d+).*"msg":"serving"/.exec(line)?.[1];
        if (port) resolve(`http://127.0.0.1:${port}`);
      });
    });
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`it does not serve within ${startMs} ms`)), startMs).unref();
    });
    const died = ended.then(([code]) => Promise.reject(new Error(`it ended with ${code} instead of serving`)));
    const url = await Promise.race([serving, late, died]);
    await ask(url, { method: "GET", path: "/health/ready", headers: {}, status: 204 });
    // Which function this is need not be known: the others' requests are refused.
    for (const request of Object.values(firstRequests)) await ask(url, request);
    child.kill("SIGTERM");
    const [code] = await ended;
    if (code !== 0) throw new Error(`it ended with ${code}`);
  } finally {
    child.kill("SIGKILL");
  }
}

async function ask(url: string, { method, path, headers, body }: FirstRequest): Promise<void> {
  const answer = await fetch(url + path, { method, headers, body: body ?? null });
  await answer.arrayBuffer();
}

void warm();
