/**
 * How much of the project's code is the sandbox, which the design keeps under a quarter: `npx node scripts/check/size.ts`.
 * A line of code holds more than space or a comment. Counted are TypeScript and JavaScript without tests and without
 * what only tests use (fixtures, contract suites, `testing`, `process`, `resilience`).
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readOptions } from "../options.ts";

const help = `npx node scripts/check/size.ts [--help]

Lines of code by folder, and how much of all is the sandbox. Exit code: 0 when that is within its limit, 1 when not.
`;

/** The most that the sandbox may be of all. */
const limit = 0.25;

const tests =
  /\.test\.ts$|\/fixtures?\/|\/testing(?:\/|\.ts$)|\.contract\.ts$|^(?:sandbox\/api\/contract|scenarios\/resilience|functions\/lib\/process)\//;

/** The lines of a text that are code. */
export function codeLines(text: string): number {
  const bare = text.replace(/^[ \t]*\/\*[\s\S]*?\*\/[ \t]*$/gm, "");
  return bare.split("\n").filter((line) => line.trim() !== "" && !line.trimStart().startsWith("//")).length;
}

/** Lines of code of each file of the repository, and of what is not yet committed. */
function linesByFile(root: string): Map<string, number> {
  const patterns = ["*.ts", "*.mts", "*.mjs", "*.cjs", "*.js"];
  const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "--", ...patterns], { cwd: root });
  const ours = files
    .toString()
    .split("\n")
    .filter((file) => file.includes("/") && !tests.test(file));
  return new Map(ours.map((file) => [file, codeLines(readFileSync(join(root, file), "utf8"))]));
}

if (import.meta.main) {
  const { values } = readOptions({ options: { help: { type: "boolean", short: "h" } } });
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
  const lines = linesByFile(fileURLToPath(new URL("../..", import.meta.url)));
  const folders = new Map<string, number>();
  const add = (folder: string, count: number) => folders.set(folder, (folders.get(folder) ?? 0) + count);
  for (const [file, count] of lines) {
    const [top = "", next = ""] = file.split("/");
    add(top, count);
    if (["functions", "sandbox"].includes(top)) add(`${top}/${next.includes(".") ? "" : next}`, count);
    add("all", count);
  }
  for (const [folder, count] of [...folders].sort()) console.log(`${String(count).padStart(6)}  ${folder}`);
  const share = (folders.get("sandbox") ?? 0) / (folders.get("all") ?? 1);
  console.log(`\nThe sandbox is ${(share * 100).toFixed(1)} % of the code, of at most ${limit * 100} %.`);
  if (share > limit) process.exitCode = 1;
}
