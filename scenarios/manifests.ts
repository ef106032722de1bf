import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { Manifest } from "./format/index.ts";

const repository = join(import.meta.dirname, "..");

/** The objects of a file of this repository. */
export function manifestsIn(path: string): Manifest[] {
  return parseAllDocuments(readFileSync(join(repository, path), "utf8"))
    .map((document) => document.toJS() as Manifest | null) // reason: YAML of this repository
    .filter((manifest) => manifest !== null);
}
