/** `npm run check`: the house rules, each a line; what is wrong follows at the end, and the exit code is 1. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { architectureProblems } from "./check/architecture.ts";
import { contractProblems } from "./check/contracts.ts";
import { readOptions } from "./options.ts";

const help = `npm run check -- [--help]

The house rules, in seconds: format, lint, types, imports, unused code, CRDs, Knative Services, contracts.
Exit code: 0 when all hold, 1 when one is broken, which is said on stderr.
`;

const { values } = readOptions({ options: { help: { type: "boolean", short: "h" } } });
if (values.help) {
  console.log(help);
  process.exit(0);
}

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = fileURLToPath(new URL("../node_modules/.bin/", import.meta.url));
const run = promisify(execFile);

/** What a program says when it ends with another code than 0; nothing when all is well. */
async function complaint(program: string, ...parameters: string[]): Promise<string[]> {
  try {
    await run(program, parameters, { cwd: root, maxBuffer: 2 ** 26 });
    return [];
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string }; // reason: execFile's own error
    return [stdout + stderr || String(error)];
  }
}

const checks: Record<string, () => Promise<string[]>> = {
  "format and lint (biome)": () => complaint(`${bin}biome`, "check", "--colors=off", "--max-diagnostics=100", "."),
  "types (tsc)": () => complaint(`${bin}tsc`, "--noEmit", "--pretty", "false", "-p", root),
  "imports (.dependency-cruiser.cjs)": () => architectureProblems(root),
  "nothing unused (knip)": () => complaint(`${bin}knip`, "--no-progress", "--treat-config-hints-as-errors"),
  "CRDs as their schemas": () => complaint(process.execPath, "knative/crds.ts", "--check"),
  "Knative Services as their func.yaml": () => complaint(process.execPath, "knative/services.ts", "--check"),
  "contracts as manifests and READMEs": () => contractProblems(),
};

const found = await Promise.all(
  Object.entries(checks).map(async ([name, look]) => {
    const began = performance.now();
    const problems = await look().catch((error: Error) => [error.stack ?? error.message]);
    console.log(`${problems.length === 0 ? "✓" : "✗"} ${name}, ${((performance.now() - began) / 1000).toFixed(1)} s`);
    return { name, problems };
  }),
);
for (const { name, problems } of found.filter(({ problems }) => problems.length > 0)) {
  console.error(`\n✗ ${name}\n\n${problems.join("\n").trimEnd()}`);
  process.exitCode = 1;
}
