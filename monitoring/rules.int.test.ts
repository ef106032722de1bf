import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { findMonitoringPrograms } from "../scripts/setup/programs.mjs";

async function promtool(...args: string[]): Promise<string> {
  const programs = findMonitoringPrograms();
  if (programs === undefined) throw new Error("promtool is missing: run `node scripts/setup.mjs`");
  const { stdout } = await promisify(execFile)(programs.promtool, args, {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
  });
  return stdout;
}

const inFolder = (folder: string): string[] =>
  readdirSync(new URL(folder, import.meta.url)).map((name) => `${folder}${name}`);

test.each(inFolder("rules/"))("Prometheus takes %s", async (file) => {
  expect(await promtool("check", "rules", file)).toMatch(/SUCCESS: \d+ rules found/);
});

test.each(inFolder("tests/"))("the rules do what %s says", async (file) => {
  expect(await promtool("test", "rules", file)).toContain("SUCCESS");
});
