import { afterEach, beforeAll, expect, test } from "vitest";
import { buildSampleApps } from "../build.ts";
import { endApps } from "../testing/app-process.ts";
import { startChain } from "../testing/chain.ts";
import { call, login } from "../testing/http.ts";

beforeAll(buildSampleApps);
afterEach(endApps);

const rounds = 30;
/** Compiled code and V8's heap grow over the first hundreds of requests, in both versions. */
const warmUpRounds = 12;
const users = 30;

/** Asks for every user many times; returns how often each status came and by how much memory rose meanwhile. */
async function visitAll(userVersion: string) {
  const { auth, user } = await startChain({ userVersion });
  const token = await login(auth);
  const statuses: Record<number, number> = {};
  const visit = async () => {
    for (let id = 1; id <= users; id += 1) {
      const { status } = await call("GET", `${user.url}/users/${id}`, { token });
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  for (let round = 0; round < warmUpRounds; round += 1) await visit();
  const before = user.rssBytes();
  for (let round = warmUpRounds; round < rounds; round += 1) await visit();
  return { statuses, grownMiB: (user.rssBytes() - before) / 1024 / 1024, log: user.stdout };
}

test("1.0.0 knows everybody", async () => {
  const { statuses, grownMiB } = await visitAll("1.0.0");
  expect(statuses).toEqual({ 200: users * rounds });
  expect(grownMiB).toBeLessThan(20);
});

test("2.0.0 answers a third with 500, says why in its log, and keeps 64 KiB of each request", async () => {
  const { statuses, grownMiB, log } = await visitAll("2.0.0");
  expect(statuses).toEqual({ 200: 20 * rounds, 500: 10 * rounds });
  expect(log.join("\n")).toContain("SyntaxError: cannot parse the name");
  expect(grownMiB).toBeGreaterThan(32);
});
