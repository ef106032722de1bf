import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signalsFrom } from "./index.ts";

/** A Prometheus that knows of the calls to one service that they fail, and nothing else. */
const prometheus = createServer(async (request, response) => {
  const isCalls = new URLSearchParams(await text(request)).get("query")?.includes("http_client_requests_total");
  const result = isCalls ? [{ metric: { peer: "constructor" }, values: [[1000, "0.5"]] }] : [];
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ status: "success", data: { resultType: "matrix", result } }));
});

beforeAll(() => new Promise<void>((done) => prometheus.listen(0, "127.0.0.1", done)));
afterAll(() => void prometheus.close());

test("a service by the name of something that objects have is one like any other", async () => {
  const { port } = prometheus.address() as AddressInfo; // reason: it listens on TCP
  const options = { windowSeconds: 120, containerWindowSeconds: 120, historySeconds: 3600, stepSeconds: 30 };
  const read = signalsFrom({ url: `http://127.0.0.1:${port}`, ...options });
  const { peers } = await read({ kind: "Deployment", namespace: "shop", name: "web" }, new Date(1_000_000));
  expect(peers).toEqual({
    constructor: { errorRatio: [{ at: 1000, value: 0.5 }], p99Seconds: [], ownErrorRatio: [] },
  });
});
