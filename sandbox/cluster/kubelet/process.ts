import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";
import type { Clock } from "../clock.ts";
import type { Limits, Meter, Monitor, Usage } from "./monitor.ts";
import type { Reaper } from "./reaper.ts";

/** How a container ended, in the words of ContainerStateTerminated. */
export interface Ending {
  exitCode: number;
  reason: "Completed" | "Error" | "OOMKilled" | "StartError";
  signal?: number;
  message?: string;
}
/** One run of a container: a real process that leads a process group. */
export interface ContainerProcess {
  pid: number | undefined;
  usage(): Usage | undefined;
  /** SIGTERM, and SIGKILL to the whole group when the grace (in real milliseconds) is over. */
  stop(graceMilliseconds: number): void;
}
export interface ProcessSpec {
  command: string[];
  env: Record<string, string>;
  directory: string;
  log: string;
  limits: Limits;
}

/** Starts a container's process; `onEnd` is called once, also when it could not start. */
export function startProcess(
  spec: ProcessSpec,
  keepers: { monitor: Monitor; reaper: Reaper; clock: Clock },
  onEnd: (ending: Ending) => void,
): ContainerProcess {
  const [program = "", ...args] = spec.command;
  const log = openSync(spec.log, "a");
  const child = spawn(program, args, {
    cwd: spec.directory,
    env: spec.env,
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const { pid } = child;
  let meter: Meter | undefined;
  let isOutOfMemory = false;
  let cancelKill = () => {};
  if (pid !== undefined) {
    keepers.reaper.add(pid);
    meter = keepers.monitor.watch(pid, spec.limits, () => {
      isOutOfMemory = true;
    });
  }
  child.once("error", (error) => {
    if (pid === undefined)
      onEnd({ exitCode: 128, reason: "StartError", message: `exec: "${program}": ${error.message}` });
  });
  child.once("exit", (code, name) => {
    cancelKill();
    meter?.release();
    if (pid !== undefined) {
      signalGroup(pid, "SIGKILL"); // what the process left behind ends with its container
      keepers.reaper.forget(pid);
    }
    const signal = name === null ? undefined : constants.signals[name];
    const exitCode = code ?? 128 + (signal ?? 0);
    const reason = isOutOfMemory ? "OOMKilled" : exitCode === 0 ? "Completed" : "Error";
    onEnd({ exitCode, reason, ...(signal === undefined || isOutOfMemory ? {} : { signal }) });
  });
  return {
    pid,
    usage: () => meter?.usage(),
    stop: (graceMilliseconds) => {
      if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      meter?.release(); // a stopped process would not hear the SIGTERM
      if (graceMilliseconds <= 0) {
        signalGroup(pid, "SIGKILL");
        return;
      }
      child.kill("SIGTERM");
      cancelKill();
      cancelKill = keepers.clock.after(graceMilliseconds, () => signalGroup(pid, "SIGKILL"));
    },
  };
}

function signalGroup(pid: number, signal: "SIGKILL"): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}
