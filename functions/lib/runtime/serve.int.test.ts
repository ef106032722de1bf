import { expect, test, vi } from "vitest";
import { eventType } from "../event/index.ts";
import type { done } from "./answer.ts";
import { serve } from "./serve.ts";

test("what takes too long is answered 503 and goes on; that it fails in the end is told", async () => {
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const open = Promise.withResolvers<typeof done>();
  const handle = () => open.promise;
  const running = await serve({ name: "slow", log, handle, patienceMs: { "/": 50 } }, { host: "127.0.0.1", port: 0 });
  try {
    const headers = {
      "content-type": "application/json",
      "ce-specversion": "1.0",
      "ce-id": "1",
      "ce-source": "/test",
      "ce-type": eventType("incident.due"),
    };
    const answer = await fetch(`http://127.0.0.1:${running.port}/`, { method: "POST", headers, body: "{}" });
    expect(answer.status).toBe(503);
    const told = () => log.error.mock.calls.map(([{ id, error }, message]) => [id, error.message, message]);
    expect(told()).toEqual([["1", "no result within 50 ms", "event not handled"]]);
    open.reject(new Error("the API server is away"));
    await vi.waitFor(() => expect(told()[1]).toEqual(["1", "the API server is away", "event not handled in the end"]));
  } finally {
    await running.stop();
  }
});
