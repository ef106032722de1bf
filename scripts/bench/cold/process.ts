import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { createServer } from "node:net";
import type { FirstRequest } from "../../first-event/index.ts";

/** How a process is started, and what it is asked first. */
export interface Contender {
  name: string;
  /** The file that Node runs. */
  file: string;
  environment: Readonly<Record<string, string>>;
  readinessPath: string;
  first: FirstRequest;
}

/** One start of a process, in ms from the moment before it was made, and in MiB. */
export interface Start {
  /** Until the first 2xx of its readiness path, asked again and again: what brings events to it in Knative. */
  readyMs: number;
  /** Until the answer to its first event, which is sent as soon as it is ready. */
  answerMs: number;
  /** Time on a processor until it was ready, all threads: the machine's other work hardly changes it. */
  readyCpuMs: number;
  /** The same until the first answer. */
  answerCpuMs: number;
  /** Peak of the resident memory (VmHWM), after the first answer. */
  peakMiB: number;
}

/** Longest that a process may take to be ready, in ms. */
const patienceMs = 60_000;

/** Starts a process, waits until it is ready, asks it its first request, and ends it. */
export async function startOnce({ name, file, environment, readinessPath, first }: Contender): Promise<Start> {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn(process.execPath, [file], {
    env: { ...environment, PORT: String(port) },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit");
  try {
    await untilReady(name, port, readinessPath, begun + patienceMs, () => child.exitCode);
    const readyMs = performance.now() - begun;
    const readyCpuMs = await cpuMs(child.pid);
    const status = await ask(port, first);
    const answerMs = performance.now() - begun;
    if (status !== first.status) throw new Error(`${name} answered ${status} instead of ${first.status}`);
    const answerCpuMs = await cpuMs(child.pid);
    return { readyMs, answerMs, readyCpuMs, answerCpuMs, peakMiB: await peakMiB(child.pid) };
  } finally {
    child.kill("SIGKILL");
    await ended;
  }
}

async function untilReady(
  name: string,
  port: number,
  path: string,
  until: number,
  exitCode: () => number | null,
): Promise<void> {
  const probe = { method: "GET", path, headers: {}, status: 204 } as const;
  while (performance.now() < until) {
    if (exitCode() !== null) throw new Error(`${name} ended with ${exitCode()} instead of serving`);
    try {
      const status = await ask(port, probe);
      if (status >= 200 && status < 300) return;
    } catch {
      // Nobody listens yet. The next try is soon, but leaves the processor to the process.
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  throw new Error(`${name} was not ready within ${patienceMs} ms`);
}

/** The status of an answer that was read to its end. Each request makes its own connection, as the first one does. */
async function ask(port: number, { method, path, headers, body }: FirstRequest): Promise<number> {
  const asked = request({ host: "127.0.0.1", port, method, path, headers, agent: false });
  asked.end(body);
  const [answer] = (await once(asked, "response")) as [IncomingMessage]; // reason: the event's own type
  answer.resume();
  await once(answer, "end");
  return answer.statusCode ?? 0;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** Of all threads that are there; /proc/<pid>/task/<tid>/schedstat counts in ns. */
async function cpuMs(pid = 0): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  // A thread may end while we look.
  const read = threads.map((id) => readFile(`/proc/${pid}/task/${id}/schedstat`, "utf8").catch(() => "0"));
  const spent = await Promise.all(read);
  return spent.reduce((sum, text) => sum + Number(text.split(" ")[0]), 0) / 1e6;
}

async function peakMiB(pid = 0): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}
