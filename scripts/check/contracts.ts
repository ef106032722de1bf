/** Each function's contract.ts, held against the list of events, knative/, its func.yaml, its README and its code. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { FunctionContract } from "@autoheal/lib/contract";
import { type Manifest, read } from "../../knative/read-manifests.ts";
import { bindingProblems, catalogProblems, triggerProblems } from "./contract-events.ts";
import { rightProblems } from "./contract-rights.ts";

/** A function as it stands in its folder. */
export interface House {
  contract: FunctionContract;
  readme: string;
  funcYaml: string;
  /** Its code without tests, and what it takes its settings from. */
  code: string;
}

/** The manifests: those that `kubectl apply -k knative/base` brings, and those of an enabled namespace. */
export interface Manifests {
  applied: readonly Manifest[];
  enabled: readonly Manifest[];
}

/** Where a function and the rest of the house disagree, a line each. */
export function problemsOf(house: House, manifests: Manifests): string[] {
  const { contract } = house;
  return [
    ...catalogProblems(contract),
    ...triggerProblems(contract, manifests.applied),
    ...bindingProblems(contract, manifests.applied),
    ...rightProblems(contract, manifests),
    ...readmeProblems(house),
    ...environmentProblems(house),
    ...(/^name: (.+)$/m.exec(house.funcYaml)?.[1] === contract.name ? [] : ["func.yaml does not name it"]),
  ].map((problem) => `${contract.name}: ${problem}`);
}

/** Where the functions of this project disagree with what surrounds them. */
export async function contractProblems(): Promise<string[]> {
  const manifests = { applied: read(), enabled: read("enable/role-bindings.yaml") };
  const functions = new URL("../../functions/", import.meta.url);
  const names = readdirSync(functions).filter((name) => existsSync(new URL(`${name}/index.ts`, functions)));
  const problems = names.map(async (name) => {
    const folder = new URL(`${name}/`, functions);
    const missing = ["contract.ts", "README.md", "func.yaml"].filter((file) => !existsSync(new URL(file, folder)));
    if (missing.length > 0) return missing.map((file) => `${name}: it has no ${file}`);
    const { contract }: { contract: FunctionContract } = await import(new URL("contract.ts", folder).href);
    const text = (file: string) => readFileSync(new URL(file, folder), "utf8");
    const house = { contract, readme: text("README.md"), funcYaml: text("func.yaml"), code: codeOf(folder) };
    return [
      ...(contract.name === name ? [] : [`${name}: its contract names ${contract.name}`]),
      ...problemsOf(house, manifests),
    ];
  });
  return (await Promise.all(problems)).flat();
}

/** The runtime of action functions reads their settings for them. */
const settingsOfActions = "@autoheal/lib/runtime/action";

function codeOf(folder: URL): string {
  const files = readdirSync(folder).filter((file) => /(?<!\.test|^contract)\.ts$/.test(file));
  const code = files.map((file) => readFileSync(new URL(file, folder), "utf8")).join("\n");
  if (!code.includes(settingsOfActions)) return code;
  return code + readFileSync(new URL("../lib/runtime/action/index.ts", folder), "utf8");
}

function readmeProblems({ contract: { consumes, produces, environment }, readme }: House): string[] {
  const words = [...consumes.map((taken) => ("ping" in taken ? taken.ping : taken.event)), ...produces, ...environment];
  const unknown = variablesIn(readme.replaceAll("`", '"')).filter((name) => !environment.includes(name));
  return [
    ...words.filter((word) => !readme.includes(`\`${word}\``)).map((word) => `its README does not name \`${word}\``),
    ...unknown.map((name) => `its README names ${name}, its contract does not`),
  ];
}

function environmentProblems({ contract: { environment }, code }: House): string[] {
  const read = variablesIn(code);
  return [
    ...environment
      .filter((name) => !read.includes(name))
      .map((name) => `nothing reads ${name}, which its contract names`),
    ...read
      .filter((name) => !environment.includes(name))
      .map((name) => `it reads ${name}, which its contract does not name`),
  ];
}

/** Look like variables, and are words of ours: a verdict of anomaly-score. */
const words = ["INSUFFICIENT_DATA"];

/** The names of environment variables that stand in quotes: all of them have an underscore. */
function variablesIn(text: string): string[] {
  const quoted = [...text.matchAll(/"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"/g)].flatMap(([, name]) => name ?? []);
  return [...new Set(quoted)].filter((name) => !words.includes(name));
}
