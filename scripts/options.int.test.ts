import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> }; // reason: npm's
/** Every program that people start: those of npm, and those that the documents name. */
const programs = [
  ...Object.values(scripts).flatMap((line) => /^(?:exec )?node (\S+\.ts)$/.exec(line)?.[1] ?? []),
  "scripts/autoheal.ts",
  "scripts/check/size.ts",
];

function run(program: string, option: string): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, [join(root, program), option], { cwd: root }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    ),
  );
}

describe.each(programs)("%s", (program) => {
  test("says in one line which option it does not know, and ends with 2", async () => {
    const { code, stderr } = await run(program, "--bogus");
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Unknown option '--bogus'.*\n`--help` says what it takes\.\n$/);
  });

  test("says with --help what it does, and does nothing", async () => {
    const { code, stdout, stderr } = await run(program, "--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^(npm (run )?|npx |node )/);
  });
});
