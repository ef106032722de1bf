/** Who imports whom, held to `.dependency-cruiser.cjs`; and what is decided on paper, held to be pure. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cruise, type ICruiseResult, type IModule } from "dependency-cruiser";
import extractDepcruiseOptions from "dependency-cruiser/config-utl/extract-depcruise-options";

/** The folders that hold sources. */
const sources = ["functions", "knative", "monitoring", "sample-apps", "sandbox", "scenarios", "scripts"];

/** Tests and what only they use. */
const tests = /\.test\.ts$|\/fixtures?\/|\/testing(?:\/|\.ts$)|^functions\/lib\/process\//;

/** The drivers and the runtime, where AutoHeal meets the machine. */
const machinery = /^functions\/lib\/(?:drivers|runtime)\//;

/** What decides and what tells: the same input always gives the same output. */
const decisions = /^functions\/[^/]+\/(?:decide|report|plan|contract|status|story)\.ts$/;

/**
 * Where time and chance come from; everybody else gets them as arguments. `client.ts` runs in the browser, and `lent-chance.ts` puts
 * seeded chance in the place of the real one.
 */
const clocks = /^functions\/[^/]+\/index\.ts$|\/page\/client\.ts$|\/forest\/lent-chance\.ts$/;

const timeOrChance = /\b(?:Date\.now|Math\.random|performance\.now|randomUUID|randomBytes)\b|\bnew Date\(\)/;

/** The violations of the project in a folder, a line each. */
export async function architectureProblems(root: string): Promise<string[]> {
  const options = await extractDepcruiseOptions(join(root, ".dependency-cruiser.cjs"));
  const folders = sources.filter((folder) => existsSync(join(root, folder)));
  const { output } = await cruise(folders, { ...options, baseDir: root });
  const { modules, summary } = output as ICruiseResult; // reason: it is text only where an output type is asked for
  return [
    ...summary.violations.map(({ rule, from, to, cycle }) => {
      const reason = options.ruleSet?.forbidden?.find(({ name }) => name === rule.name)?.comment;
      return `${rule.name}: ${from} → ${cycle ? cycle.map(({ name }) => name).join(" → ") : to}: ${reason}`;
    }),
    ...impure(modules),
    ...clockReaders(root, modules),
  ];
}

/** Decisions and concepts that reach the machine: by what they import at run time, and what that imports, and so on. */
function impure(modules: readonly IModule[]): string[] {
  const bySource = new Map(modules.map((module) => [module.source, module]));
  const isPure = (file: string) =>
    !tests.test(file) && (decisions.test(file) || (file.startsWith("functions/lib/") && !machinery.test(file)));
  const problems = new Set<string>();
  const look = (root: string, file: string, seen: Set<string>): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { resolved, coreModule, dependencyTypes } of bySource.get(file)?.dependencies ?? []) {
      if (dependencyTypes.includes("type-only")) continue;
      if (machinery.test(resolved) || (coreModule && resolved !== "crypto")) {
        problems.add(
          `pure: ${root} → ${resolved}${file === root ? "" : ` by ${file}`}: what decides imports no machinery`,
        );
      } else look(root, resolved, seen);
    }
  };
  for (const { source } of modules) if (isPure(source)) look(source, source, new Set());
  return [...problems];
}

/** Files of functions that ask the clock or throw dice. */
function clockReaders(root: string, modules: readonly IModule[]): string[] {
  return modules
    .map(({ source }) => source)
    .filter((file) => /^functions\/.+\.ts$/.test(file) && ![tests, machinery, clocks].some((rule) => rule.test(file)))
    .flatMap((file) => {
      const found = timeOrChance.exec(readFileSync(join(root, file), "utf8"))?.[0];
      return found ? [`clock: ${file}: ${found}: time and chance arrive as arguments`] : [];
    });
}
