import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse, parseAllDocuments } from "yaml";

/** An object of a manifest. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  // biome-ignore lint/suspicious/noExplicitAny: the other fields are those of any kind of object.
  [key: string]: any;
}

/** The objects of a file of manifests. */
export function readManifest(file: string): Manifest[] {
  return parseAllDocuments(readFileSync(file, "utf8"))
    .map((document) => document.toJS() as Manifest | null) // reason: YAML of this repository
    .filter((manifest) => manifest !== null);
}

/** The resources that a folder's kustomization.yaml lists, in its order; its transformers are not applied. */
export function readKustomization(folder: string): Manifest[] {
  const { resources } = parse(readFileSync(join(folder, "kustomization.yaml"), "utf8")) as { resources: string[] }; // reason: ours
  return resources.flatMap((resource) => readManifest(join(folder, resource)));
}

/** The same objects in one namespace, as `kubectl apply -n` and kustomize's `namespace` do it. */
export function inNamespace(manifests: readonly Manifest[], namespace: string): Manifest[] {
  return manifests
    .filter(({ kind }) => kind !== "Namespace")
    .map((manifest) => ({ ...manifest, metadata: { ...manifest.metadata, namespace } }));
}

/** The folder of the repository, wherever it was cloned to. */
export const repository = dirname(import.meta.dirname);
