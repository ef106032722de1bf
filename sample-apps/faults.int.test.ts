import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { buildSampleApps } from "./build.ts";
import { AppEnded, type AppExit, type AppProcess, endApps, startApp } from "./testing/app-process.ts";
import { serviceOf } from "./testing/chain.ts";
import { call, login, metric, until } from "./testing/http.ts";

beforeAll(buildSampleApps);
afterEach(endApps);

const MiB = 1024 * 1024;

async function begin(app: AppProcess, fault: Record<string, unknown>): Promise<void> {
  expect((await call("POST", `${app.url}/faults`, { body: fault })).status).toBe(202);
}

const statusOf = async (app: AppProcess, path: string) => (await call("GET", app.url + path)).status;

async function exitAtStart(env: Record<string, string>): Promise<AppExit> {
  const app = await startApp("auth", { env }).catch((error: unknown) => error);
  if (app instanceof AppEnded) return app.exit;
  // startApp rejects with nothing else once a process was spawned.
  return (app as AppProcess).exited;
}

describe("the switches", () => {
  test("are listed, refused when unknown, and cleared", async () => {
    const auth = await startApp("auth");
    const refused = await call("POST", `${auth.url}/faults`, { body: { fault: "fire" } });
    expect(refused.status).toBe(400);
    expect(refused.body).toEqual({ error: expect.stringContaining("use one of leak, cpu") });
    await begin(auth, { fault: "slow", milliseconds: 20 });
    expect((await call("GET", `${auth.url}/faults`)).body).toEqual([{ fault: "slow", milliseconds: 20 }]);
    expect((await call("DELETE", `${auth.url}/faults`)).status).toBe(204);
    expect((await call("GET", `${auth.url}/faults`)).body).toEqual([]);
  });

  test("come with the environment FAULTS", async () => {
    const auth = await startApp("auth", { env: { FAULTS: '[{"fault":"unready"}]' } });
    await until("unready from the start", async () => (await statusOf(auth, "/health/ready")) === 503);
    expect(await statusOf(auth, "/health/live")).toBe(200);
  });

  test("of a bad FAULTS end the process with one line", async () => {
    const { code, stderr } = await exitAtStart({ FAULTS: '[{"fault":"fire"}]' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^fatal: FAULTS=.* is not allowed: fault "fire" is unknown: .*\n$/);
  });
});

test("leak: memory rises at the pace that was asked for, and stops rising when cleared", async () => {
  const auth = await startApp("auth");
  const before = auth.rssBytes();
  const began = performance.now();
  await begin(auth, { fault: "leak", mbPerSecond: 60 });
  await until("60 MiB more", () => auth.rssBytes() > before + 60 * MiB);
  expect(performance.now() - began).toBeGreaterThan(800);
  await call("DELETE", `${auth.url}/faults`);
  const after = auth.rssBytes();
  await call("GET", `${auth.url}/health/live`);
  await startApp("auth");
  expect(auth.rssBytes()).toBeLessThan(after + 10 * MiB);
});

test("cpu: burns its share without traffic, and the app still answers", async () => {
  const auth = await startApp("auth");
  await begin(auth, { fault: "cpu", cores: 0.4 });
  const cpu = auth.cpuMilliseconds();
  const began = performance.now();
  await until("400 ms burnt", () => auth.cpuMilliseconds() - cpu >= 400);
  const cores = (auth.cpuMilliseconds() - cpu) / (performance.now() - began);
  expect(cores).toBeGreaterThan(0.1);
  expect(cores).toBeLessThan(0.7);
  expect(await statusOf(auth, "/health/live")).toBe(200);
});

test("block: no answer at all, no CPU, deaf to SIGTERM", async () => {
  const auth = await startApp("auth");
  await begin(auth, { fault: "block" });
  const silent = () =>
    call("GET", `${auth.url}/health/live`, { timeoutMilliseconds: 300 }).then(
      () => false,
      () => true,
    );
  await until("silence", silent);
  const cpu = auth.cpuMilliseconds();
  auth.kill("SIGTERM");
  expect(await silent()).toBe(true);
  expect(await silent()).toBe(true);
  expect(auth.isRunning()).toBe(true);
  expect(auth.cpuMilliseconds() - cpu).toBeLessThan(50);
});

test("errors: exactly the asked ratio of the app's own routes fails, and is counted by route", async () => {
  const auth = await startApp("auth");
  await begin(auth, { fault: "errors", ratio: 1 / 3, code: 503 });
  for (let request = 0; request < 9; request += 1) {
    await call("POST", `${auth.url}/tokens`, { body: { subject: "tester" } });
    expect(await statusOf(auth, "/health/ready")).toBe(200);
  }
  const count = (code: number) => metric(auth.url, `http_requests_total{method="POST",route="/tokens",code="${code}"}`);
  expect(await count(503)).toBe(3);
  expect(await count(201)).toBe(6);
});

test("slow: answers come late, and the histogram sees it; health stays quick", async () => {
  const auth = await startApp("auth");
  await begin(auth, { fault: "slow", milliseconds: 300 });
  const began = performance.now();
  await login(auth);
  expect(performance.now() - began).toBeGreaterThan(295);
  const series = 'http_request_duration_seconds_bucket{le="0.25",method="POST",route="/tokens"}';
  expect(await metric(auth.url, series)).toBe(0);
  const healthBegan = performance.now();
  await statusOf(auth, "/health/ready");
  expect(performance.now() - healthBegan).toBeLessThan(250);
});

test("exit: ends with the asked code after the asked time, and says so", async () => {
  const auth = await startApp("auth");
  const began = performance.now();
  await begin(auth, { fault: "exit", code: 7, afterSeconds: 0.3 });
  expect(await auth.exited).toEqual({ code: 7, signal: null, stderr: "fatal: fault exit, ending with code 7\n" });
  expect(performance.now() - began).toBeGreaterThan(250);
});

test("exit by FAULTS: every start ends, as a crash loop needs it", async () => {
  expect(await exitAtStart({ FAULTS: '[{"fault":"exit","code":3}]' })).toMatchObject({ code: 3 });
});

test("unready: readiness only; cleared, it is ready again", async () => {
  const auth = await startApp("auth");
  await begin(auth, { fault: "unready" });
  expect(await statusOf(auth, "/health/ready")).toBe(503);
  expect(await statusOf(auth, "/health/live")).toBe(200);
  await login(auth);
  await call("DELETE", `${auth.url}/faults`);
  expect(await statusOf(auth, "/health/ready")).toBe(200);
});

describe("stale", () => {
  test("calls to a healthy peer vanish: unready, live, idle, and well again after a restart", async () => {
    const auth = await startApp("auth");
    const user = await startApp("user", { env: serviceOf("auth", auth) });
    const token = await login(auth);
    expect((await call("GET", `${user.url}/users/1`, { token })).status).toBe(200);

    await begin(user, { fault: "stale" });
    const cpu = user.cpuMilliseconds();
    const began = performance.now();
    expect((await call("GET", `${user.url}/users/1`, { token })).status).toBe(504);
    expect(performance.now() - began).toBeGreaterThan(900);
    expect((await call("GET", `${user.url}/health/ready`)).body).toEqual({
      status: "unready",
      reason: "Error: no answer on the held connection within 400 ms",
    });
    expect(await statusOf(user, "/health/ready")).toBe(503);
    expect(await statusOf(user, "/health/live")).toBe(200);
    expect(await metric(user.url, 'http_client_requests_total{peer="auth",code="error"}')).toBe(1);
    expect(user.cpuMilliseconds() - cpu).toBeLessThan(150);

    const verified = 'http_requests_total{method="POST",route="/tokens/verify",code="200"}';
    expect(await metric(auth.url, verified)).toBe(1);

    const restarted = await startApp("user", { env: serviceOf("auth", auth) });
    expect(await statusOf(restarted, "/health/ready")).toBe(200);
    expect((await call("GET", `${restarted.url}/users/1`, { token })).status).toBe(200);
  });

  test("auth, which calls nobody, loses its key store", async () => {
    const auth = await startApp("auth");
    await begin(auth, { fault: "stale" });
    expect((await call("POST", `${auth.url}/tokens`, { body: { subject: "tester" } })).status).toBe(503);
    expect(await statusOf(auth, "/health/ready")).toBe(503);
    expect(await statusOf(auth, "/health/live")).toBe(200);
  });
});
