import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const programs = [
  "sandbox/start.ts",
  "sandbox/break.ts",
  "scripts/deploy.ts",
  "scripts/undeploy.ts",
  "scripts/status.ts",
  "scripts/images.ts",
  "scripts/render.ts",
  "scripts/bench/cold.ts",
  "scripts/bench/anomaly.ts",
  "scripts/bench/forest.ts",
];

test.each(programs)("%s says in one line which option it does not know, and ends with 2", async (program) => {
  const { code, stderr } = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
    execFile(process.execPath, [join(root, program), "--bogus"], (error, _stdout, stderr) =>
      resolve({ code: error?.code, stderr }),
    ),
  );
  expect(code).toBe(2);
  expect(stderr).toMatch(/^Unknown option '--bogus'.*\n`--help` says what it takes\.\n$/);
});
