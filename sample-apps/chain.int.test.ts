import { afterAll, beforeAll, expect, test } from "vitest";
import { buildSampleApps } from "./build.ts";
import { endApps, startApp } from "./testing/app-process.ts";
import { type Chain, serviceOf, startChain } from "./testing/chain.ts";
import { call, login, metric } from "./testing/http.ts";

let chain: Chain;

beforeAll(async () => {
  await buildSampleApps();
  chain = await startChain();
});
afterAll(endApps);

test("a profile is composed from user and auth, each call counted on both sides", async () => {
  const token = await login(chain.api, "/login");
  expect(await call("GET", `${chain.api.url}/profile/1`, { token })).toEqual({
    status: 200,
    body: { profile: { id: "1", name: "Amina Diallo", city: "Dakar" }, viewer: "tester" },
  });

  const served = (app: string, method: string, route: string, code: number) =>
    metric(app, `http_requests_total{method="${method}",route="${route}",code="${code}"}`);
  expect(await served(chain.api.url, "POST", "/login", 201)).toBe(1);
  expect(await served(chain.api.url, "GET", "/profile/:id", 200)).toBe(1);
  expect(await served(chain.user.url, "GET", "/users/:id", 200)).toBe(1);
  expect(await served(chain.auth.url, "POST", "/tokens", 201)).toBe(1);
  // Once for api, once for user.
  expect(await served(chain.auth.url, "POST", "/tokens/verify", 200)).toBe(2);

  const called = (app: string, peer: string, code: number) =>
    metric(app, `http_client_requests_total{peer="${peer}",code="${code}"}`);
  expect(await called(chain.api.url, "auth", 200)).toBe(1);
  expect(await called(chain.api.url, "auth", 201)).toBe(1);
  expect(await called(chain.api.url, "user", 200)).toBe(1);
  expect(await called(chain.user.url, "auth", 200)).toBe(1);

  expect(
    await metric(chain.api.url, 'http_request_duration_seconds_bucket{le="+Inf",method="GET",route="/profile/:id"}'),
  ).toBe(1);
  expect(await metric(chain.api.url, 'http_client_request_duration_seconds_count{peer="user"}')).toBe(1);
});

test("Node's own metrics are there; probes and scrapes count as no request", async () => {
  await call("GET", `${chain.user.url}/health/ready`);
  const { body } = await call("GET", `${chain.user.url}/metrics`);
  expect(body).toContain("process_resident_memory_bytes ");
  expect(body).toContain("process_start_time_seconds ");
  expect(body).not.toMatch(/route="\/(health|metrics|faults)/);
});

test.each([
  ["no token", undefined, "/profile/1", 401],
  ["a forged token", "e30.AAAA", "/profile/1", 401],
  ["an unknown user", "good", "/profile/31", 404],
  ["an unknown route", undefined, "/nothing", 404],
  ["a route with a strange id", "good", "/profile/..%2F..%2Ffaults", 404],
])("%s is refused", async (_name, given, path, status) => {
  const token = given === "good" ? await login(chain.auth) : given;
  expect((await call("GET", chain.api.url + path, token === undefined ? {} : { token })).status).toBe(status);
});

test.each([
  ["not an object", []],
  ["no subject", {}],
  ["a number as subject", { subject: 1 }],
])("a login with %s is 400", async (_name, body) => {
  expect((await call("POST", `${chain.api.url}/login`, { body })).status).toBe(400);
});

test("a peer that is away is 502 at once, one that hangs 504 after a second; both count as error", async () => {
  const token = await login(chain.auth);
  const gone = { AUTH_URL: "http://127.0.0.1:1" };
  const alone = await startApp("user", { env: gone });
  expect((await call("GET", `${alone.url}/users/1`, { token })).status).toBe(502);

  const hung = await startApp("auth", { env: { FAULTS: '[{"fault":"slow","milliseconds":60000}]' } });
  const waiting = await startApp("user", { env: serviceOf("auth", hung) });
  const began = performance.now();
  expect((await call("GET", `${waiting.url}/users/1`, { token })).status).toBe(504);
  expect(performance.now() - began).toBeGreaterThan(900);

  for (const { url } of [alone, waiting]) {
    expect(await metric(url, 'http_client_requests_total{peer="auth",code="error"}')).toBe(1);
  }
});

test("auth's refusals of api are not blamed on user: a broken auth is 502 and user is not called", async () => {
  const broken = await startApp("auth", { env: { FAULTS: '[{"fault":"errors","ratio":1,"code":500}]' } });
  const api = await startApp("api", { env: { ...serviceOf("auth", broken), ...serviceOf("user", chain.user) } });
  expect((await call("GET", `${api.url}/profile/1`, { token: await login(chain.auth) })).status).toBe(502);
  expect(await metric(api.url, 'http_client_requests_total{peer="auth",code="500"}')).toBe(1);
  expect(await metric(api.url, 'http_client_request_duration_seconds_count{peer="user"}')).toBeUndefined();
});
