import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("npm run check finds nothing", { timeout: 120_000 }, async () => {
  const check = fileURLToPath(new URL("check.ts", import.meta.url));
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, [check], (error, stdout, stderr) => resolve(error ? stdout + stderr : stdout));
  });
  expect(output).not.toContain("✗");
  expect(output.match(/✓/g)).toHaveLength(7);
});
