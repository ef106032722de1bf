import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { findMonitoringPrograms } from "../scripts/setup/programs.mjs";

const run = promisify(execFile);
const program = join(import.meta.dirname, "write-scaled.ts");
const writeScaled = (...options: string[]) => run(process.execPath, [program, ...options]);

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), "autoheal-scaled-"));
});
afterEach(() => rm(out, { recursive: true, force: true }));

test("Prometheus and Alertmanager load what is written, and Alertmanager posts to receive", async () => {
  await writeScaled("--out", out, "--receive-url", "http://receive.test/alerts", "--token-file", "/secrets/token");
  const rules = (await readdir(join(out, "rules"))).map((name) => join(out, "rules", name));
  const programs = findMonitoringPrograms();
  if (programs === undefined) throw new Error("promtool is missing: run `node scripts/setup.mjs`");
  await run(programs.promtool, ["check", "rules", ...rules]);
  await run(programs.amtool, ["check-config", join(out, "alertmanager.yml")]);
  const { receivers } = parse(await readFile(join(out, "alertmanager.yml"), "utf8"));
  expect(receivers[1].webhook_configs[0]).toMatchObject({
    url: "http://receive.test/alerts",
    http_config: { authorization: { credentials_file: "/secrets/token" } },
  });
});

test("or to the Broker, as a CloudEvent and without a token", async () => {
  await writeScaled("--out", out, "--broker-url", "http://ingress.test/autoheal/alerts");
  const { route, receivers } = parse(await readFile(join(out, "alertmanager.yml"), "utf8"));
  expect(route.group_interval).toBe("3s");
  const [webhook] = receivers[1].webhook_configs;
  expect(webhook).toMatchObject({ url: "http://ingress.test/autoheal/alerts" });
  expect(webhook.http_config).toMatchObject({ http_headers: { "ce-specversion": { values: ["1.0"] } } });
  expect(webhook.http_config.authorization).toBeUndefined();
});

test.each([
  [[], "--out is missing"],
  [["--out", "/nowhere"], "expected --receive-url and --token-file, or --broker-url"],
  [["--out", "/nowhere", "--time-scale", "100"], '"100": expected a number from 1 to 30'],
])("%j is refused with a sentence", async (options, sentence) => {
  const { code, stderr } = await writeScaled(...options).then(
    () => ({ code: 0, stderr: "" }),
    (error: { code: number; stderr: string }) => error,
  );
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
});
