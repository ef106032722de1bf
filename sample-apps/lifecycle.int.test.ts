import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { buildSampleApps } from "./build.ts";
import { AppEnded, endApps, startApp } from "./testing/app-process.ts";
import { serviceOf, startChain } from "./testing/chain.ts";
import { call, login, until } from "./testing/http.ts";

beforeAll(buildSampleApps);
afterEach(endApps);

test.each(["auth", "user", "api", "traffic"])("%s listens within 300 ms", async (app) => {
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 3 && best >= 300; attempt += 1) {
    best = Math.min(best, (await startApp(app)).startMilliseconds);
  }
  expect(best).toBeLessThan(300);
});

test("SIGTERM: unready at once, still serving while it drains, open requests finish, code 0", async () => {
  const auth = await startApp("auth", { env: { DRAIN_MS: "400", FAULTS: '[{"fault":"slow","milliseconds":700}]' } });
  await until("slow", async () => JSON.stringify((await call("GET", `${auth.url}/faults`)).body).includes("slow"));
  const open = login(auth);
  auth.kill("SIGTERM");
  await until("unready", async () => (await call("GET", `${auth.url}/health/ready`)).status === 503);
  expect((await call("GET", `${auth.url}/health/live`)).status).toBe(200);
  expect(await open).toMatch(/\./);
  expect(await auth.exited).toEqual({ code: 0, signal: null, stderr: "" });
});

test.each([
  ["auth", { SIGNING_KEY: "" }, 'fatal: SIGNING_KEY="" is not allowed: a text that is not empty\n'],
  [
    "auth",
    { TOKEN_LIFETIME_SECONDS: "an hour" },
    'fatal: TOKEN_LIFETIME_SECONDS="an hour" is not allowed: a number from 1 to 86400\n',
  ],
  ["user", { WORK_MS: "fast" }, 'fatal: WORK_MS="fast" is not allowed: a number from 0 to 1000\n'],
  ["api", { USER_URL: "user" }, 'fatal: USER_URL="user" is not allowed: an absolute http URL\n'],
])("%s with %j ends with code 1 and one line", async (app, env, stderr) => {
  const error = await startApp(app, { env }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AppEnded);
  expect((error as AppEnded).exit).toEqual({ code: 1, signal: null, stderr });
});

/** CPU milliseconds that one profile costs api, with the work that its manifest sets. */
async function cpuPerProfile(): Promise<number> {
  const manifest = await readFile(join(import.meta.dirname, "api/manifests/api.yaml"), "utf8");
  const configMap = parseAllDocuments(manifest)
    .map((document) => document.toJS())
    .find(({ kind }) => kind === "ConfigMap");
  const { auth, user } = await startChain();
  const api = await startApp("api", {
    env: { ...serviceOf("auth", auth), ...serviceOf("user", user), ...configMap.data },
  });
  const token = await login(auth);
  const visit = async (times: number) => {
    for (let time = 0; time < times; time += 1) await call("GET", `${api.url}/profile/1`, { token });
  };
  await visit(30);
  const before = api.cpuMilliseconds();
  await visit(60);
  return (api.cpuMilliseconds() - before) / 60;
}

test("api's CPU fits its limit at 10 requests/s over two pods, and does not at 50", async () => {
  const limitMilliseconds = 200;
  const cost = await cpuPerProfile();
  // 30 % is meant; a machine that does other things at once makes each millisecond of work longer.
  expect(5 * cost).toBeLessThan(0.45 * limitMilliseconds);
  expect(25 * cost).toBeGreaterThan(0.9 * limitMilliseconds);
});
