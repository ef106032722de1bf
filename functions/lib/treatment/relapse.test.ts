import { expect, test } from "vitest";
import type { Cause } from "../cause/index.ts";
import type { Token } from "../ledger/index.ts";
import { aToken, aWorkload, now, secondsAgo } from "../testing/index.ts";
import { relapses } from "./index.ts";

const hour = 3600;
/** Rolled out ten hours ago. */
const workload = aWorkload({
  revisions: aWorkload().revisions.map((revision) => ({ ...revision, createdAt: secondsAgo(10 * hour) })),
});
const earlier = (token: Partial<Token> = {}) =>
  aToken({ id: "77aa-1", cause: "MemoryLeak", at: secondsAgo(5 * hour), ...token });

test.each<[sentence: string, cause: Cause, token: Token, counted: number]>([
  ["a leak that was restarted hours ago", "MemoryLeak", earlier(), 1],
  ["a runaway that was restarted hours ago", "CpuRunaway", earlier({ cause: "CpuRunaway" }), 1],
  ["a restart for another cause", "MemoryLeak", earlier({ cause: "Hang" }), 0],
  ["a restart that does not say for what", "MemoryLeak", earlier({ cause: undefined }), 0],
  ["a hang, which a restart mends", "Hang", earlier({ cause: "Hang" }), 0],
  ["another workload's leak", "MemoryLeak", earlier({ workload: "shop/Deployment/api" }), 0],
  ["what was reserved for taking it back", "MemoryLeak", earlier({ undo: true }), 0],
  ["just within the memory", "MemoryLeak", earlier({ at: secondsAgo(8 * hour) }), 1],
  ["just out of it", "MemoryLeak", earlier({ at: secondsAgo(8 * hour + 1) }), 0],
  ["a time that can't be read", "MemoryLeak", earlier({ at: "soon" }), 1],
])("%s: %#", (_, cause, token, counted) => {
  expect(relapses(cause, workload, [token], { relapseSeconds: 8 * hour, now })).toBe(counted);
});

test("what was done to an earlier template says nothing of this one, which may be the mend", () => {
  const [current, before] = workload.revisions;
  const mended = aWorkload({ revisions: [{ ...current, createdAt: secondsAgo(hour) }, before] as never });
  expect(relapses("MemoryLeak", mended, [earlier()], { relapseSeconds: 24 * hour, now })).toBe(0);
});

test("a restart makes no new template: what was done before it counts", () => {
  const [current, before] = workload.revisions;
  const restarted = { ...current, name: "web-3", number: 3, createdAt: secondsAgo(4 * hour) };
  const same = aWorkload({ revisions: [restarted, current, before] as never });
  expect(relapses("MemoryLeak", same, [earlier()], { relapseSeconds: 24 * hour, now })).toBe(1);
});
