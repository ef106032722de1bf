import { readdirSync, readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

/** An object of a manifest, as it stands there. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  // biome-ignore lint/suspicious/noExplicitAny: the other fields are those of any kind of object.
  [key: string]: any;
}

const here = new URL("./", import.meta.url);

/** The manifests of `base/` as kustomize would apply them: file names relative to this folder, in the order of application. */
export function manifestFiles(): string[] {
  return read("base/kustomization.yaml").flatMap(({ resources }) => resources.map((file: string) => `base/${file}`));
}

/** Every file with manifests in `base/`, whether applied or not. */
export function filesHere(): string[] {
  return readdirSync(new URL("base/", here), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml") && file !== "kustomization.yaml")
    .map((file) => `base/${file}`)
    .sort();
}

/** The objects of one file of this folder, or of all that are applied. */
export function read(...files: string[]): Manifest[] {
  return (files.length > 0 ? files : manifestFiles()).flatMap(
    (file) => parseAllDocuments(textOf(file)).map((document) => document.toJS() as Manifest), // reason: our own files
  );
}

/** The text of a file of this folder. */
export function textOf(file: string): string {
  return readFileSync(new URL(file, here), "utf8");
}
