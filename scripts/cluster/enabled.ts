import { readFileSync } from "node:fs";
import { type Mode, modeLabel } from "@autoheal/lib/policy";
import { parseAllDocuments } from "yaml";
import { apply, get, type KubernetesObject, kubectl, list } from "./kubectl.ts";
import { ownNamespace, partOf } from "./namespace.ts";

/** Namespaces in which nothing is ever changed, whatever is bound there. */
const protectedNamespaces = [ownNamespace, "kube-system", "kube-public", "kube-node-lease"];

/** Lets AutoHeal act in a namespace, as far as the mode says: its label, and the write rights of the action functions. */
export async function enable(namespace: string, mode: Mode): Promise<void> {
  if (protectedNamespaces.includes(namespace)) throw new Error(`${namespace} is protected: AutoHeal never acts in it`);
  if (!(await get("namespace", namespace))) throw new Error(`there is no namespace ${namespace}`);
  await apply(bindings(namespace));
  await kubectl("label", "namespace", namespace, `${modeLabel}=${mode}`, "--overwrite");
}

/** Takes the label and the rights away again; what was not enabled stays as it is. */
export async function disable(namespace: string): Promise<void> {
  if (!(await get("namespace", namespace))) throw new Error(`there is no namespace ${namespace}`);
  await kubectl("label", "namespace", namespace, `${modeLabel}-`);
  await kubectl(
    "delete",
    "rolebindings",
    `--namespace=${namespace}`,
    "--ignore-not-found",
    ...bindings(namespace).map(({ metadata }) => metadata.name),
  );
}

/** The namespaces in which AutoHeal has write rights, with what it may do there. */
export async function enabledNamespaces(): Promise<{ name: string; mode: string }[]> {
  const bound = await list("rolebindings", "--all-namespaces", `--selector=${partOf}`);
  const names = new Set(
    bound.flatMap(({ metadata }) => metadata.namespace ?? []).filter((name) => name !== ownNamespace),
  );
  const all = await list("namespaces");
  return [...names].sort().map((name) => ({
    name,
    mode: all.find(({ metadata }) => metadata.name === name)?.metadata.labels?.[modeLabel] ?? "Observe (no label)",
  }));
}

function bindings(namespace: string): KubernetesObject[] {
  const file = new URL("../../knative/enable/role-bindings.yaml", import.meta.url);
  return parseAllDocuments(readFileSync(file, "utf8")).map((document) => {
    const object: KubernetesObject = document.toJS();
    return { ...object, metadata: { ...object.metadata, namespace } };
  });
}
