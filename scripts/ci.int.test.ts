import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, expect, onTestFinished, test } from "vitest";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "autoheal-ci-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((one) => ({ status: one })),
});
const report = (passed: number, ...testResults: object[]) => JSON.stringify({ numPassedTests: passed, testResults });

/** Runs .ci/run with an `npm` that does as this shell text says; `$REPORT` is the report that it should write. */
async function ci(npm: string): Promise<{ code: number | null; lines: string[] }> {
  writeFileSync(join(folder, "npm"), `#!/bin/sh\nREPORT=$AUTOHEAL_TEST_REPORT\n${npm}\n`, { mode: 0o755 });
  const child = spawn(fileURLToPath(new URL("../.ci/run", import.meta.url)), {
    // Wherever a real cluster could be had: not here.
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}`, AUTOHEAL_CLUSTER_CACHE: folder },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let output = "";
  child.stdout.on("data", (part) => {
    output += part;
  });
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code, lines: output.trimEnd().split("\n") }));
  });
}

/** What it says where there is no real cluster to be had. */
const noCluster = expect.stringMatching(/^no tests on a real cluster: /);

test("it calls npm test, shows its output, and says the counts alone on the last line", async () => {
  const { code, lines } = await ci(
    `echo "asked: $@"; echo '${report(3, file("passed", "passed", "passed", "passed"))}' > $REPORT`,
  );
  expect({ code, lines }).toEqual({
    code: 0,
    lines: ["asked: test", noCluster, "3 passed, 0 failed"],
  });
});

test.each<[string, string, number, string]>([
  [
    "a test that fails",
    `echo '${report(1, file("failed", "passed", "failed", "failed"))}' > $REPORT; exit 1`,
    1,
    "1 passed, 2 failed",
  ],
  [
    "a file that can't be loaded",
    `echo '${report(1, file("passed", "passed"), file("failed"))}' > $REPORT; exit 1`,
    1,
    "1 passed, 1 failed",
  ],
  [
    "a failure that npm forgets",
    `echo '${report(1, file("failed", "passed", "failed"))}' > $REPORT`,
    1,
    "1 passed, 1 failed",
  ],
  ["no test at all", `echo '${report(0)}' > $REPORT`, 1, "0 passed, 0 failed"],
  ["no report", "exit 0", 1, "0 passed, 1 failed"],
  [
    "an error beside the tests",
    `echo '${report(1, file("passed", "passed"))}' > $REPORT; exit 7`,
    7,
    "1 passed, 0 failed",
  ],
])("%s", async (_, npm, code, last) => {
  expect(await ci(npm)).toEqual({ code, lines: [noCluster, last] });
});

test("what the tests leave behind is ended", async () => {
  const pidFile = join(folder, "pid");
  const { lines } = await ci(`sleep 300 >/dev/null 2>&1 & echo $! > ${pidFile}; echo '${report(1)}' > $REPORT`);
  expect(lines).toEqual([noCluster, "1 passed, 0 failed"]);
  const pid = readFileSync(pidFile, "utf8").trim();
  await expect
    .poll(() => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8")))
    .toBe(false);
});
