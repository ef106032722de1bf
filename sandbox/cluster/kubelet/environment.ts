import type { Container, EnvVarSource } from "kubernetes-types/core/v1.js";
import type { Store } from "../../api/index.ts";
import type { Pod, Service } from "../objects.ts";

type ConfigMap = { data?: Record<string, string> };
/** The variables of a container, or why they can't be known yet (CreateContainerConfigError). */
export type Environment = { variables: Record<string, string> } | { missing: string };

class Missing extends Error {}

/** What a container finds in its environment: the Services of its namespace, envFrom, env, in that order. */
export function environmentOf(store: Store, pod: Pod, container: Container, podIP: string): Environment {
  const { namespace, name: podName } = pod.metadata;
  const variables: Record<string, string> = { PATH: process.env.PATH ?? "", HOME: "/", HOSTNAME: podName };
  for (const service of store.list<Service>("services", { namespace })) Object.assign(variables, addressOf(service));
  const facts = { pod, podIP };
  try {
    for (const { configMapRef, secretRef, prefix = "" } of container.envFrom ?? []) {
      if (secretRef) throw new Missing(`secret "${secretRef.name}" not found`);
      if (!configMapRef) continue;
      const data = configMap(store, namespace, configMapRef) ?? {};
      for (const [key, value] of Object.entries(data)) variables[prefix + key] = value;
    }
    for (const { name, value, valueFrom } of container.env ?? []) {
      const resolved = valueFrom ? resolve(store, facts, valueFrom) : expand(value ?? "", variables);
      if (resolved !== undefined) variables[name] = resolved;
    }
  } catch (error) {
    if (error instanceof Missing) return { missing: error.message };
    throw error;
  }
  return { variables };
}

/** Puts variables in for `$(NAME)`; an unknown one stays as it is written. */
export function expand(text: string, variables: Record<string, string>): string {
  return text.replace(/\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)/g, (written, name) => variables[name] ?? written);
}

function addressOf({ metadata, spec }: Service): Record<string, string> {
  const prefix = `${metadata.name.toUpperCase().replaceAll("-", "_")}_SERVICE`;
  const [port] = spec.ports ?? [];
  if (!spec.clusterIP || spec.clusterIP === "None" || !port) return {};
  return { [`${prefix}_HOST`]: spec.clusterIP, [`${prefix}_PORT`]: String(port.port) };
}

type Facts = { pod: Pod; podIP: string };

function resolve(store: Store, facts: Facts, source: EnvVarSource): string | undefined {
  const { configMapKeyRef, fieldRef, secretKeyRef } = source;
  const { namespace } = facts.pod.metadata;
  if (configMapKeyRef) {
    const value = configMap(store, namespace, configMapKeyRef)?.[configMapKeyRef.key];
    if (value !== undefined || configMapKeyRef.optional) return value;
    throw new Missing(`couldn't find key ${configMapKeyRef.key} in ConfigMap ${namespace}/${configMapKeyRef.name}`);
  }
  if (secretKeyRef) throw new Missing(`secret "${secretKeyRef.name}" not found`);
  if (fieldRef) return field(facts, fieldRef.fieldPath);
  throw new Missing(`the sandbox does not serve ${Object.keys(source).join()}`);
}

function configMap(store: Store, namespace: string, reference: { name?: string; optional?: boolean }) {
  const found = store.get<ConfigMap>("configmaps", namespace, reference.name ?? "");
  if (!found && !reference.optional) throw new Missing(`configmap "${reference.name}" not found`);
  return found?.data;
}

function field({ pod, podIP }: Facts, path: string): string {
  const { name, namespace, ...metadata } = pod.metadata;
  const [, map, key = ""] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (map === "labels" || map === "annotations") return metadata[map]?.[key] ?? "";
  const served: Record<string, string> = {
    "metadata.name": name,
    "metadata.namespace": namespace,
    "status.podIP": podIP,
  };
  const value = served[path];
  if (value === undefined) throw new Missing(`the sandbox does not serve fieldRef "${path}"`);
  return value;
}
