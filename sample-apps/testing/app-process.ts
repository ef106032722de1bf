import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The kernel counts CPU time for /proc in ticks of 10 ms on every platform that Node runs on. */
const tickMilliseconds = 10;
/** As in the manifests. */
const nodeOptions = "--max-semi-space-size=1";
const processes = new Set<ChildProcess>();

/** A started bundle, as the kubelet would start it; what it uses is read from /proc, so on Linux only. */
export interface AppProcess {
  url: string;
  /** From spawn until it listened. */
  startMilliseconds: number;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>;
  stdout: string[];
  kill(signal: NodeJS.Signals): void;
  isRunning(): boolean;
  rssBytes(): number;
  cpuMilliseconds(): number;
}

export type AppExit = Awaited<AppProcess["exited"]>;

/** Starts an app on a free loopback port and waits until it listens; rejects with its stderr if it ends before. */
export async function startApp(
  app: string,
  { version = "1.0.0", env = {} }: { version?: string; env?: Record<string, string> } = {},
): Promise<AppProcess> {
  const began = performance.now();
  const child = spawn(process.execPath, [join(import.meta.dirname, "..", app, "build", `${version}.cjs`)], {
    env: {
      POD_IP: "127.0.0.1",
      PORT: "0",
      DRAIN_MS: "0",
      NODE_OPTIONS: nodeOptions,
      SIGNING_KEY: "test",
      RPS: "0",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  processes.add(child);
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const exited = new Promise<AppExit>((resolve) => {
    child.once("close", (code, signal) => {
      processes.delete(child);
      resolve({ code, signal, stderr });
    });
  });
  const stdout: string[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) => {
      stdout.push(line);
      const entry = JSON.parse(line);
      if (entry.message === "listening") resolve(entry.port);
    });
    void exited.then((exit) => reject(new AppEnded(app, exit)));
  });
  const proc = (file: string) => readFileSync(`/proc/${child.pid}/${file}`, "utf8");
  return {
    url: `http://127.0.0.1:${port}`,
    startMilliseconds: performance.now() - began,
    exited,
    stdout,
    kill: (signal) => child.kill(signal),
    isRunning: () => child.exitCode === null && child.signalCode === null,
    rssBytes: () => Number(/^VmRSS:\s+(\d+) kB$/m.exec(proc("status"))?.[1]) * 1024,
    cpuMilliseconds() {
      // The fields after the command's name, which may hold spaces: utime and stime are the 12th and 13th of them.
      const fields = proc("stat").split(") ")[1]?.split(" ") ?? [];
      return (Number(fields[11]) + Number(fields[12])) * tickMilliseconds;
    },
  };
}

/** An app that ended before it listened. */
export class AppEnded extends Error {
  readonly exit: AppExit;

  constructor(app: string, exit: AppExit) {
    super(`${app} ended with ${exit.code ?? exit.signal}: ${exit.stderr}`);
    this.exit = exit;
  }
}

/** Ends every app that is still running; for `afterEach`. */
export async function endApps(): Promise<void> {
  await Promise.all(
    [...processes].map((child) => {
      const gone = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGKILL");
      return gone;
    }),
  );
}
