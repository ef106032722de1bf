import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

const folder = join(import.meta.dirname, "..", ".cache");
const file = join(folder, "sandbox.json");
let before: string | undefined;
beforeEach(() => {
  before = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  mkdirSync(folder, { recursive: true });
});
afterEach(() => (before === undefined ? rmSync(file, { force: true }) : writeFileSync(file, before)));

/** How `npm run break -- leak` ends. */
function breakLeak(): Promise<{ code: unknown; stderr: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, [join(import.meta.dirname, "break.ts"), "leak"], (error, _stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stderr }),
    ),
  );
}

test.each([
  ["there was none", undefined],
  ["the last one was killed", JSON.stringify({ url: "http://127.0.0.1:9", pid: 2 ** 22 + 1 })],
  ["another process has its number now", JSON.stringify({ url: "http://127.0.0.1:9", pid: process.pid })],
  ["its file was cut off", '{"url":'],
  ["its file says something else", '{"pid":0}'],
])("no sandbox runs, since %s: one line, and code 1", async (_name, state) => {
  if (state === undefined) rmSync(file, { force: true });
  else writeFileSync(file, state);
  expect(await breakLeak()).toEqual({
    code: 1,
    stderr: "no sandbox runs from this folder: start one with `npm start`\n",
  });
});
