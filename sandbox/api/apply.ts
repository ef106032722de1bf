import { parseAllDocuments, type Tags } from "yaml";
import type { KubernetesObject } from "./object.ts";
import { mergePatch } from "./patch.ts";
import { StatusError } from "./status-error.ts";
import type { Store } from "./store.ts";

/** Manifests to apply: YAML text of one or more documents, or objects. */
export type Manifests = string | readonly (string | object)[];

/**
 * Creates what is missing and merge-patches what is there, as the administrator: definitions first, then namespaces,
 * then the rest in its order. Throws at the first object that is refused, naming it.
 */
export function applyManifests(store: Store, manifests: Manifests): void {
  const texts = typeof manifests === "string" ? [manifests] : manifests;
  const given = texts.flatMap((one) => (typeof one === "string" ? parsed(one) : [one]));
  const objects = given as KubernetesObject[]; // checked by the store when it is written
  const rank = ({ kind }: KubernetesObject) => (kind === "CustomResourceDefinition" ? 0 : kind === "Namespace" ? 1 : 2);
  for (const object of objects.sort((a, b) => rank(a) - rank(b))) applyOne(store, object);
}

// YAML 1.1 as kubectl's parser reads it: an unquoted Off or yes is a boolean there. Dates and 12:30 stay strings, also as there.
const AS_KUBECTL = {
  version: "1.1",
  customTags: (tags: Tags) =>
    tags.filter((tag) => typeof tag === "string" || !(tag.tag.endsWith(":timestamp") || tag.format === "TIME")),
} as const;

function parsed(text: string): object[] {
  return parseAllDocuments(text, AS_KUBECTL).flatMap((document) => {
    if ("errors" in document && document.errors[0] !== undefined) throw document.errors[0];
    const value: unknown = document.toJS();
    return typeof value === "object" && value !== null ? [value] : [];
  });
}

function applyOne(store: Store, object: KubernetesObject): void {
  const { apiVersion, kind } = object;
  const name = object.metadata?.name;
  const [version, group = ""] = (apiVersion ?? "").split("/").reverse();
  const served = store.kinds().find((one) => one.group === group && one.version === version && one.kind === kind);
  if (served === undefined) {
    throw new StatusError(404, "NotFound", `the sandbox does not serve ${apiVersion} ${kind} (applying ${name})`);
  }
  const namespace = served.namespaced ? (object.metadata.namespace ?? "default") : undefined;
  if (namespace !== undefined && store.get("namespaces", undefined, namespace) === undefined) {
    throw new StatusError(404, "NotFound", `namespaces "${namespace}" not found (applying ${kind} ${name})`);
  }
  const wanted = { ...object, metadata: { ...object.metadata, ...(namespace === undefined ? {} : { namespace }) } };
  const stored = store.get(served.resource, namespace, name);
  if (stored === undefined) store.create(served.resource, wanted);
  else store.update(served.resource, mergePatch(stored, wanted));
}
