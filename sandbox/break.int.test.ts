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

/** How `npm run break` ends. */
function breakIt(...words: string[]): Promise<{ code: unknown; stderr: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, [join(import.meta.dirname, "break.ts"), ...words], (error, _stdout, stderr) =>
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
  expect(await breakIt("leak")).toEqual({
    code: 1,
    stderr: "no sandbox runs from this folder: start one with `npm start`\n",
  });
});

test.each([
  ["a service that has no such version", ["bad-version", "auth"], "bad-version: user alone can be broken so\n"],
  ["a service that is none of them", ["leak", "db"], "no service db: user, auth or api\n"],
  ["one service where all are meant", ["mend", "user"], "mend is about all services: expected none, not user\n"],
  ["more than one service", ["leak", "user", "auth"], "expected one fault and one service, not also auth\n"],
])("what can't be broken is refused: %s", async (_, words, stderr) => {
  expect(await breakIt(...words)).toEqual({ code: 2, stderr });
});
