import { setTimeout as sleep } from "node:timers/promises";

/** Looks until it is so; a cluster that does not answer has not said no. Rejects with what was waited for after `withinMs`. */
export async function eventually(what: string, withinMs: number, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + withinMs;
  let last: unknown = "it never was";
  while (Date.now() < end) {
    try {
      if (await holds()) return;
    } catch (error) {
      last = error;
    }
    await sleep(500);
  }
  throw new Error(`${what}: not within ${withinMs / 1000} s`, { cause: last });
}
