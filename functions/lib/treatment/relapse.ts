import type { Cause } from "../cause/index.ts";
import type { Token } from "../ledger/index.ts";
import { rolledOutAt, type Workload, workloadSubject } from "../workload/index.ts";

/** Causes whose remedy takes the symptom away and leaves what makes it: done each time, it would be a restart loop (design, section 6). */
const returning: ReadonlySet<Cause> = new Set(["MemoryLeak", "CpuRunaway"]);

/** What is asked: how far back a treatment counts, in seconds, and now. */
export interface Memory {
  relapseSeconds: number;
  now: Date;
}

/**
 * How often a workload was treated for a cause that comes back, by the tokens of its other incidents. Only what was done to
 * the template that runs now counts: another template may be the mend. A time that can't be read counts.
 */
export function relapses(
  cause: Cause,
  workload: Workload,
  others: readonly Token[],
  { relapseSeconds, now }: Memory,
): number {
  if (!returning.has(cause)) return 0;
  const from = Math.max(now.getTime() - relapseSeconds * 1000, Date.parse(rolledOutAt(workload)));
  const subject = workloadSubject(workload);
  return others.filter(
    (token) => token.workload === subject && token.cause === cause && !token.undo && !(Date.parse(token.at) < from),
  ).length;
}
