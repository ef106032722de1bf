import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse, YAMLParseError } from "yaml";
import * as z from "zod/mini";
import { type Scenario, scenario } from "./scenario.ts";

/** A scenario file can't be read: says the file, where in it, and what was expected there. */
export class ScenarioError extends Error {
  override name = "ScenarioError";
}

const words = z.locales.en().localeError;

/** Reads one scenario from its text; throws ScenarioError. */
export function readScenario(file: string, text: string): Scenario {
  let data: unknown;
  try {
    data = parse(text);
  } catch (error) {
    if (error instanceof YAMLParseError) throw new ScenarioError(`${file}: no YAML: ${error.message}`);
    throw error;
  }
  const read = scenario.safeParse(data, { error: words });
  if (read.success) return { name: basename(file).replace(/\.ya?ml$/, ""), ...read.data };
  const lines = read.error.issues.map(({ path, message }) => `${file}: ${dotted(path)}: ${message}`);
  throw new ScenarioError(lines.join("\n"));
}

function dotted(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return text.replace(/^\./, "") || "the file";
}

/** The fault catalogue's folder. */
const catalogue = join(import.meta.dirname, "..", "catalogue");

/** All files of the catalogue, by name. */
export function catalogueFiles(): string[] {
  return readdirSync(catalogue)
    .filter((name) => name.endsWith(".yaml"))
    .sort()
    .map((name) => join(catalogue, name));
}

/** Reads scenarios from files; a name without a path is one of the catalogue. Throws ScenarioError. */
export function readScenarios(files: readonly string[]): Scenario[] {
  return files.map((given) => {
    const file = /^[\w-]+$/.test(given) ? join(catalogue, `${given}.yaml`) : given;
    let text: string;
    try {
      text = readFileSync(file, "utf8");
    } catch {
      throw new ScenarioError(
        `${given}: no such scenario; there are ${catalogueFiles()
          .map((path) => basename(path, ".yaml"))
          .join(", ")}`,
      );
    }
    return readScenario(file, text);
  });
}
