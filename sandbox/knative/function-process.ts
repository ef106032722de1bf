import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** How the process of one function is run. */
export interface ProcessOptions {
  /** The function's bundle, run by this Node. */
  entry: string;
  /** The loopback address that the process listens on, by HOST and PORT. */
  host: string;
  /** Read at each start, as a new pod would. */
  env: () => Record<string, string>;
  /** Takes standard output and error of all its processes, one after another. */
  logFile: string;
  /** How long it may be without a request before it gets SIGTERM. */
  windowMs: number;
}

/** The one process (max-scale 1) of a function: started by the first request, stopped when idle, started anew after a crash. */
export interface FunctionProcess {
  /** Holds the process for a request until `release`; resolves when it is ready, rejects when it could not be started. */
  acquire(): Promise<void>;
  release(): void;
  /** Undefined while it is scaled to zero. */
  pid(): number | undefined;
  /** Ends the process, and starts no other any more. */
  close(): Promise<void>;
}

/** The port of every function process, as Knative's PORT. */
export const FUNCTION_PORT = 8080;

const READY_WITHIN_MS = 30_000; // a machine that is busy with other things
const STOP_WITHIN_MS = 3_000;
const PRELOAD = fileURLToPath(new URL("./end-with-parent.cjs", import.meta.url));

interface Run {
  child: ChildProcess;
  sink: string | undefined;
  ready: Promise<void>;
  exited: Promise<void>;
  stopping: boolean;
}

/** A function that is scaled to zero. */
export function functionProcess(options: ProcessOptions): FunctionProcess {
  let run: Run | undefined;
  let openRequests = 0;
  let idle: NodeJS.Timeout | undefined;
  let closed = false;

  const launch = (): Run => {
    const log = openSync(options.logFile, "a");
    const env: Record<string, string> = { ...options.env(), HOST: options.host, PORT: String(FUNCTION_PORT) };
    const child = spawn(process.execPath, ["--require", PRELOAD, options.entry], { env, stdio: ["pipe", log, log] });
    closeSync(log);
    child.stdin?.on("error", () => undefined); // the pipe breaks when the process ends, which is no error here
    const { promise: exited, resolve } = Promise.withResolvers<void>();
    const end = () => {
      if (run === started) run = undefined;
      resolve();
    };
    child.once("exit", end);
    child.once("error", end);
    const sink = env.K_SINK;
    const started: Run = { child, sink, ready: untilReady(child, options, exited), exited, stopping: false };
    started.ready.catch(() => stop(started));
    return started;
  };

  const stop = async (stopped: Run): Promise<void> => {
    stopped.stopping = true;
    stopped.child.kill("SIGTERM");
    const kill = setTimeout(() => stopped.child.kill("SIGKILL"), STOP_WITHIN_MS);
    await stopped.exited;
    clearTimeout(kill);
  };

  return {
    acquire: async () => {
      openRequests += 1;
      clearTimeout(idle);
      // A SinkBinding changes the template: the next request is for a new revision.
      if (run && !run.stopping && openRequests === 1 && run.sink !== options.env().K_SINK) void stop(run);
      while (run?.stopping) await run.exited;
      if (closed) throw new Error("the sandbox is closing");
      run ??= launch();
      await run.ready;
    },
    release: () => {
      openRequests -= 1;
      if (openRequests > 0 || closed) return;
      clearTimeout(idle);
      idle = setTimeout(() => run && stop(run), options.windowMs);
    },
    pid: () => run?.child.pid,
    close: async () => {
      closed = true;
      clearTimeout(idle);
      if (run !== undefined) await stop(run);
    },
  };
}

async function untilReady(child: ChildProcess, options: ProcessOptions, exited: Promise<void>): Promise<void> {
  let over = false;
  void exited.then(() => {
    over = true;
  });
  const url = `http://${options.host}:${FUNCTION_PORT}/health/ready`;
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await answersOk(url))) {
    if (over) throw new Error(`${options.entry} ended with ${child.signalCode ?? child.exitCode} before it was ready`);
    if (performance.now() > deadline) throw new Error(`${options.entry} was not ready within ${READY_WITHIN_MS} ms`);
    await sleep(15);
  }
}

function answersOk(url: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = get(url, { agent: false, timeout: 1000 }, (response) => {
    response.resume();
    resolve((response.statusCode ?? 0) >= 200 && (response.statusCode ?? 0) < 400);
  });
  probe.on("timeout", () => probe.destroy());
  probe.on("error", () => resolve(false));
  return promise;
}
