import { createServer } from "node:http";
import { afterEach, beforeAll, expect, test } from "vitest";
import { buildSampleApps } from "../build.ts";
import { endApps, startApp } from "../testing/app-process.ts";
import { serviceOf, startChain } from "../testing/chain.ts";
import { call, metric, until } from "../testing/http.ts";

beforeAll(buildSampleApps);
afterEach(endApps);

test("sends a steady stream, changes its rate when told, and stops at 0", async () => {
  const { api } = await startChain();
  const traffic = await startApp("traffic", { env: { ...serviceOf("api", api), RPS: "20" } });
  const sent = async () => (await metric(traffic.url, 'http_client_requests_total{peer="api",code="200"}')) ?? 0;
  await until("the first profile", async () => (await sent()) > 0);
  const began = performance.now();
  const first = await sent();
  await until("20 more", async () => (await sent()) >= first + 20);
  const seconds = (performance.now() - began) / 1000;
  expect(20 / seconds).toBeGreaterThan(10);
  expect(20 / seconds).toBeLessThan(30);

  const faster = await call("POST", `${traffic.url}/rate`, { body: { rps: 200 } });
  expect(faster).toEqual({ status: 200, body: { rps: 200 } });
  const later = await sent();
  await until("100 more in a second or two", async () => (await sent()) > later + 100, 3);

  await call("POST", `${traffic.url}/rate`, { body: { rps: 0 } });
  expect((await call("GET", `${traffic.url}/rate`)).body).toEqual({ rps: 0 });
  // All of it came from users that exist, with a token that holds.
  const { body } = await call("GET", `${traffic.url}/metrics`);
  const codes = [...String(body).matchAll(/^http_client_requests_total\{peer="api",code="(\w+)"\}/gm)].map((m) => m[1]);
  expect(new Set(codes)).toEqual(new Set(["200", "201"]));
});

test("never has more open than allowed: what is over is skipped and counted", async () => {
  let open = 0;
  let most = 0;
  const silent = createServer((request) => {
    open += 1;
    most = Math.max(most, open);
    request.once("close", () => {
      open -= 1;
    });
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  // A TCP server's address is never a string or null once it listens.
  const { port } = silent.address() as { port: number };
  try {
    const env = { API_URL: `http://127.0.0.1:${port}`, RPS: "100", MAX_IN_FLIGHT: "5" };
    const traffic = await startApp("traffic", { env });
    await until("skips", async () => ((await metric(traffic.url, "traffic_skipped_total")) ?? 0) > 50);
    expect(most).toBe(5);
  } finally {
    silent.closeAllConnections();
    silent.close();
  }
});

test.each([{ rps: -1 }, { rps: 501 }, { rps: "10" }, {}])("refuses the rate %j", async (body) => {
  const traffic = await startApp("traffic");
  expect((await call("POST", `${traffic.url}/rate`, { body })).status).toBe(400);
});
