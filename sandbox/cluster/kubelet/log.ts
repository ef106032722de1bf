import { closeSync, fstatSync, mkdirSync, openSync, readSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { LogRequest } from "../../api/index.ts";

const LONGEST_READ_BYTES = 1024 * 1024;

/** The log files of one pod: the run that is on, and the one before it. */
export class PodLogs {
  readonly #directory: string;
  #run = -1;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /** The file of the next run; the one before stays as `previous`, older ones go. */
  next(): string {
    this.#run += 1;
    if (this.#run >= 2) rmSync(this.#file(this.#run - 2), { force: true });
    return this.#file(this.#run);
  }

  /** The text, at most its last MiB; undefined where there was no such run. */
  read({ previous = false, tailLines, limitBytes }: Partial<LogRequest>): string | undefined {
    const run = this.#run - Number(previous);
    if (run < 0) return undefined;
    const text = readTail(this.#file(run));
    const lines = tailLines === undefined ? text : lastLines(text, tailLines);
    return limitBytes === undefined ? lines : Buffer.from(lines).subarray(0, limitBytes).toString();
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #file(run: number): string {
    return join(this.#directory, `${run}.log`);
  }
}

function readTail(path: string): string {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, LONGEST_READ_BYTES));
    const length = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString("utf8", 0, length);
  } finally {
    closeSync(file);
  }
}

function lastLines(text: string, count: number): string {
  const lines = text.split("\n");
  const isEnded = lines.at(-1) === "";
  return count === 0 ? "" : lines.slice(-count - Number(isEnded)).join("\n");
}
