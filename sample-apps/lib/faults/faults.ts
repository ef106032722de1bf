import type { Connection } from "../connection.ts";
import type { Log } from "../log.ts";
import { burnCores } from "./cpu.ts";
import type { Fault } from "./fault.ts";
import { leak } from "./leak.ts";

/** The faults that one process has right now; one of a kind, and a second one of a kind replaces the first. */
export class Faults {
  readonly #active = new Map<Fault["fault"], { fault: Fault; stop: () => void }>();
  readonly #connection: Connection;
  readonly #log: Log;
  #errorDebt = 0;

  constructor(connection: Connection, log: Log) {
    this.#connection = connection;
    this.#log = log;
  }

  get active(): Fault[] {
    return [...this.#active.values()].map(({ fault }) => fault);
  }

  get isReady(): boolean {
    return !this.#active.has("unready");
  }

  begin(fault: Fault): void {
    this.#active.get(fault.fault)?.stop();
    this.#log("fault begins", { ...fault });
    this.#active.set(fault.fault, { fault, stop: this.#start(fault) });
  }

  clear(): void {
    for (const { stop } of this.#active.values()) stop();
    this.#active.clear();
  }

  /** What the next request suffers. Errors are spread evenly: of 9 requests with a ratio of 1/3 exactly 3 fail. */
  next(): { delayMilliseconds: number; failWith: number | undefined } {
    const slow = this.#find("slow");
    const errors = this.#find("errors");
    this.#errorDebt += errors?.ratio ?? 0;
    // Sums of thirds fall a hair short of one.
    const isFailing = errors !== undefined && this.#errorDebt >= 1 - 1e-9;
    if (isFailing) this.#errorDebt -= 1;
    return { delayMilliseconds: slow?.milliseconds ?? 0, failWith: isFailing ? errors.code : undefined };
  }

  #find<Name extends Fault["fault"]>(name: Name): Extract<Fault, { fault: Name }> | undefined {
    // An entry's key is the name of its fault.
    return this.#active.get(name)?.fault as Extract<Fault, { fault: Name }> | undefined;
  }

  #start(fault: Fault): () => void {
    switch (fault.fault) {
      case "leak":
        return leak(fault.mbPerSecond);
      case "cpu":
        return burnCores(fault.cores);
      case "block":
        return after(0, block);
      case "exit":
        return after(fault.afterSeconds, () => {
          process.stderr.write(`fatal: fault exit, ending with code ${fault.code}\n`);
          process.exit(fault.code);
        });
      case "stale":
        this.#connection.die();
        return () => this.#connection.revive();
      case "errors":
        this.#errorDebt = 0;
        return () => {};
      case "slow":
      case "unready":
        return () => {};
    }
  }
}

/** Leaves time to answer the request that asked for the fault. */
function after(seconds: number, action: () => void): () => void {
  const timer = setTimeout(action, Math.max(seconds, 0.05) * 1000);
  return () => clearTimeout(timer);
}

/** A deadlock: the event loop never turns again, at no CPU. Not even SIGTERM is heard; only SIGKILL ends it. */
function block(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
