import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** A server program that runs until `close`. */
export interface Program {
  close(): Promise<void>;
}

/**
 * Starts a server program and waits until `readyUrl` answers 2xx. Its output goes to `logFile`; where it ends or isn't ready
 * within 30 s, the error quotes the end of that.
 */
export async function startProgram(file: string, args: string[], logFile: string, readyUrl: string): Promise<Program> {
  if (await answers(readyUrl)) throw new Error(`${file} does not start: something answers at ${readyUrl} already`);
  const log = openSync(logFile, "a");
  // A group of its own: Ctrl-C is for the sandbox, which then ends its programs in order.
  const child = spawn(file, args, { stdio: ["ignore", log, log], detached: true });
  const dismiss = killWithUs(child.pid);
  const close = () => end(child).finally(dismiss);
  const failure: { error?: Error } = {};
  child.on("error", (error) => {
    failure.error = error;
  });
  const deadline = Date.now() + 30_000;
  while (!(await answers(readyUrl))) {
    const ended = failure.error !== undefined || child.exitCode !== null || child.signalCode !== null;
    if (ended || Date.now() > deadline) {
      await close();
      const why = failure.error?.message ?? (ended ? `it ended with code ${child.exitCode}` : "not ready after 30 s");
      throw new Error(`${file} does not start: ${why}\n${readFileSync(logFile, "utf8").slice(-2000)}`);
    }
    await delay(50);
  }
  return { close };
}

async function answers(url: string): Promise<boolean> {
  return await fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    (response) => response.ok,
    () => false,
  );
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const kill = setTimeout(() => child.kill("SIGKILL"), 5000);
  await ended;
  clearTimeout(kill);
}

// Kills the program should this process vanish without a word, by SIGKILL too: a shell waits on a pipe from here, whose end
// it sees whatever ended us. A line through the pipe dismisses it.
function killWithUs(pid: number | undefined): () => void {
  if (pid === undefined) return () => {};
  const shell = spawn("sh", ["-c", `read -r _ || kill -KILL ${pid}`], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  shell.stdin.on("error", () => {});
  return () => shell.stdin.end("dismissed\n");
}
