/** A function's process is its built bundle, run as it will be deployed. For tests: nothing of a function imports this. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Longest wait for a process to serve, in ms. */
const startMs = 15_000;

/** A function that runs as a process of its own. */
export interface FunctionProcess {
  /** Where it serves, without a slash at the end. */
  url: string;
  pid: number;
  /** The lines of its log so far, as they were written. */
  log: string[];
  /** Sends the signal, and resolves with the exit code once it has ended; null when the signal ended it. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/**
 * Starts the bundle of a function, built before the tests, on a free port of 127.0.0.1, with this environment and nothing of ours but PATH.
 * Rejects with what it wrote when it ends instead of serving.
 */
export async function startFunction(
  name: string,
  environment: Readonly<Record<string, string>>,
): Promise<FunctionProcess> {
  const entry = new URL(`../../${name}/build/index.cjs`, import.meta.url).pathname;
  const child = spawn(process.execPath, [entry], {
    env: { PATH: process.env.PATH ?? "", HOST: "127.0.0.1", PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit").then(([code]) => code as number | null); // reason: the event's own type
  const log: string[] = [];
  createInterface(child.stderr).on("line", (line) => log.push(line));
  const port = await new Promise<number>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} does not serve: ${log.join("\n")}`)), startMs);
    createInterface(child.stdout).on("line", (line) => {
      log.push(line);
      const serving = /"port":(\d+).*"msg":"serving"/.exec(line);
      if (serving) resolve(Number(serving[1]));
    });
    child.once("close", (code) => reject(new Error(`${name} ended with ${code}: ${log.join("\n")}`)));
    ended.finally(() => clearTimeout(timer));
  }).catch((error) => {
    child.kill("SIGKILL");
    throw error;
  });
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    log,
    end: (signal = "SIGTERM") => {
      child.kill(signal);
      return ended;
    },
  };
}
