import { expect, test } from "vitest";
import { until, WaitError } from "./conditions.ts";

test("a wait ends early with the reason for it", async () => {
  const stopping = new AbortController();
  const waiting = until("nothing", 60_000, () => false, stopping.signal);
  stopping.abort(new Error("stopped by SIGTERM"));
  await expect(waiting).rejects.toThrow("stopped by SIGTERM");
});

test("what is waited for in vain is named, with what went wrong last", async () => {
  const waiting = until("bread", 0, () => Promise.reject(new Error("the shop is closed")));
  await expect(waiting).rejects.toThrow(new WaitError("waited in vain for bread, 0 s: the shop is closed"));
});
