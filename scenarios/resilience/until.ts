import { setTimeout as sleep } from "node:timers/promises";

/** Waits until `read` gives something, and gives it; rejects with what was waited for when it takes longer than `seconds`. */
export async function until<T>(what: string, seconds: number, read: () => T | undefined | false): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const found = read();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await sleep(25);
  }
}
