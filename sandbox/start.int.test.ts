import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "start-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(...options: string[]) {
  const file = join(import.meta.dirname, "start.ts");
  const child = spawn(process.execPath, [file, "--nothing", ...options], { env: { ...process.env, TMPDIR: folder } });
  let output = "";
  child.stdout.on("data", (data) => (output += data));
  child.stderr.on("data", (data) => (output += data));
  return { child, ended: once(child, "exit"), output: () => output };
}

test("Ctrl-C while it starts leaves nothing behind, credentials least of all", async () => {
  const { child, ended } = start();
  await vi.waitUntil(() => readdirSync(folder).some((name) => name.startsWith("autoheal-sandbox-")), 20_000);
  child.kill("SIGINT");
  expect(await ended).toEqual([130, null]);
  expect(readdirSync(folder)).toEqual([]);
});

test("what it can't do is one line, and code 1", async () => {
  rmSync(folder, { recursive: true });
  const { ended, output } = start();
  expect(await ended).toEqual([1, null]);
  expect(output().split("\n").slice(2)).toEqual([expect.stringMatching(/^ENOENT: .*autoheal-sandbox-/), ""]);
});
