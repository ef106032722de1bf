import { closeSync, openSync, readSync } from "node:fs";

/** What a container may use at most; undefined is no limit. */
export interface Limits {
  cpuCores: number | undefined;
  memoryBytes: number | undefined;
}
/** What a container has used, counted as cgroups do (periods of 100 ms, those with any usage). */
export interface Usage {
  cpuSeconds: number;
  workingSetBytes: number;
  periods: number;
  throttledPeriods: number;
}
/** The meter and the brake of one running process. */
export interface Meter {
  usage(): Usage;
  /** Ends metering and throttling; the process goes on unlimited. */
  release(): void;
}

const PERIOD_MILLISECONDS = 100;
const TICKS_PER_SECOND = 100; // USER_HZ, the same on every Linux
const TICK_MILLISECONDS = 1000 / TICKS_PER_SECOND; // the resolution of the times in /proc
const PAGE_BYTES = 4096;
const SLACK_MILLISECONDS = 5; // a process is not stopped for less than a timer's own inaccuracy

/**
 * Stands in for cgroups: reads /proc/<pid>/stat of each process (not of its children) every 100 ms, stops it
 * (SIGSTOP) for the rest of a period once its CPU quota is spent, and kills its group above its memory limit.
 */
export class Monitor {
  readonly #metered = new Set<Metered>();
  readonly #timer: NodeJS.Timeout;
  #lastTick = performance.now();

  constructor() {
    this.#timer = setInterval(() => this.#tick(), PERIOD_MILLISECONDS);
  }

  /** Meters a process of its own group; `onOutOfMemory` is called right before it is killed. */
  watch(pid: number, limits: Limits, onOutOfMemory: () => void): Meter {
    const metered = new Metered(pid, limits, onOutOfMemory);
    this.#metered.add(metered);
    return {
      usage: () => metered.usage,
      release: () => {
        if (this.#metered.delete(metered)) metered.release();
      },
    };
  }

  close(): void {
    clearInterval(this.#timer);
    for (const metered of this.#metered) metered.release();
    this.#metered.clear();
  }

  #tick(): void {
    const now = performance.now();
    const elapsed = now - this.#lastTick;
    this.#lastTick = now;
    for (const metered of this.#metered) metered.period(elapsed);
  }
}

class Metered {
  readonly usage: Usage = { cpuSeconds: 0, workingSetBytes: 0, periods: 0, throttledPeriods: 0 };
  readonly #pid: number;
  readonly #limits: Limits;
  readonly #onOutOfMemory: () => void;
  readonly #stat: number;
  #budgetMilliseconds: number;
  #isStopped = false;
  #ranOut = false;
  #brake: NodeJS.Timeout | undefined;

  constructor(pid: number, limits: Limits, onOutOfMemory: () => void) {
    this.#pid = pid;
    this.#limits = limits;
    this.#onOutOfMemory = onOutOfMemory;
    this.#stat = openSync(`/proc/${pid}/stat`, "r");
    this.#budgetMilliseconds = (limits.cpuCores ?? 0) * PERIOD_MILLISECONDS;
  }

  /** Closes the period that ends now: counts it, fills the quota up and lets the process run where there is some. */
  period(elapsedMilliseconds: number): void {
    const used = this.#read();
    const { cpuCores, memoryBytes } = this.#limits;
    if (memoryBytes !== undefined && this.usage.workingSetBytes > memoryBytes) {
      this.#onOutOfMemory();
      signal(-this.#pid, "SIGKILL");
      return;
    }
    if (cpuCores === undefined) return;
    this.#budgetMilliseconds -= used;
    const throttled = this.#isStopped || this.#ranOut || this.#budgetMilliseconds < -TICK_MILLISECONDS;
    if (used > 0 || throttled) this.usage.periods += 1;
    if (throttled) this.usage.throttledPeriods += 1;
    const quota = cpuCores * PERIOD_MILLISECONDS;
    // What is left below the resolution of the times is no unused quota: cut off, a small limit could not be used up.
    const most = quota + TICK_MILLISECONDS;
    this.#budgetMilliseconds = Math.min(most, this.#budgetMilliseconds + cpuCores * elapsedMilliseconds);
    this.#ranOut = false;
    clearTimeout(this.#brake);
    if (this.#budgetMilliseconds <= 0) {
      this.#stop();
      return;
    }
    if (this.#isStopped) signal(this.#pid, "SIGCONT");
    this.#isStopped = false;
    const isBusy = throttled || used >= quota / 2;
    if (isBusy && quota < PERIOD_MILLISECONDS) this.#brakeAfter(this.#budgetMilliseconds);
  }

  release(): void {
    clearTimeout(this.#brake);
    if (this.#isStopped) signal(this.#pid, "SIGCONT");
    closeSync(this.#stat);
  }

  /** Looks again when the quota could be spent, so that a busy process is stopped within its period. */
  #brakeAfter(milliseconds: number): void {
    this.#brake = setTimeout(() => {
      this.#budgetMilliseconds -= this.#read();
      if (this.#budgetMilliseconds > SLACK_MILLISECONDS) {
        this.#brakeAfter(this.#budgetMilliseconds);
        return;
      }
      this.#ranOut = true;
      this.#stop();
    }, milliseconds);
  }

  #stop(): void {
    if (!this.#isStopped) signal(this.#pid, "SIGSTOP");
    this.#isStopped = true;
  }

  /** CPU milliseconds used since the last reading. */
  #read(): number {
    let length = 0;
    try {
      length = readSync(this.#stat, line, 0, line.length, 0);
    } catch {
      return 0; // it has ended and been collected; its exit is on the way
    }
    const fields = line.toString("latin1", line.indexOf(")") + 2, length).split(" "); // fields[0] is the third, "state"
    const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    const used = (cpuSeconds - this.usage.cpuSeconds) * 1000;
    this.usage.cpuSeconds = cpuSeconds;
    this.usage.workingSetBytes = Number(fields[21]) * PAGE_BYTES;
    return used;
  }
}

const line = Buffer.alloc(1024);

function signal(pid: number, name: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself a moment ago.
  }
}
