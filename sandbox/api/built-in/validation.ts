import { isDeepStrictEqual } from "node:util";
import type { KubernetesObject } from "../object.ts";
import { matchesLabels } from "../selector.ts";
import type { Cause } from "../status-error.ts";

const required = (field: string, message = "Required value"): Cause => ({
  reason: "FieldValueRequired",
  message,
  field,
});
const wrong = (field: string, value: unknown, why: string): Cause => ({
  reason: "FieldValueInvalid",
  message: `Invalid value: ${JSON.stringify(value)}: ${why}`,
  field,
});

/** The rules of the real server that AutoHeal could break or that a wrong manifest would: none broken is an empty list. */
export function causesAgainst(object: KubernetesObject, old: KubernetesObject | undefined): Cause[] {
  switch (object.kind) {
    case "Deployment":
    case "ReplicaSet":
    case "StatefulSet":
    case "DaemonSet":
      return workload(object, old);
    case "Pod":
      return [...containers(object.spec, "spec"), ...(old === undefined ? [] : podChange(object, old))];
    case "ConfigMap":
      return texts(object.data, "data");
    case "Event":
      return event(object);
    default:
      return [];
  }
}

function workload({ spec }: KubernetesObject, old: KubernetesObject | undefined): Cause[] {
  if (spec === undefined) return [required("spec")];
  const causes: Cause[] = [];
  if (!Number.isInteger(spec.replicas ?? 0) || (spec.replicas ?? 0) < 0) {
    causes.push(wrong("spec.replicas", spec.replicas, "must be greater than or equal to 0"));
  }
  const labels = spec.template?.metadata?.labels;
  if (spec.selector === undefined) causes.push(required("spec.selector"));
  else if (!matchesLabels(spec.selector, labels ?? {})) {
    causes.push(wrong("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"));
  }
  if (old !== undefined && !isDeepStrictEqual(spec.selector, old.spec.selector)) {
    causes.push(wrong("spec.selector", spec.selector, "field is immutable"));
  }
  return [...causes, ...containers(spec.template?.spec, "spec.template.spec")];
}

function containers(spec: KubernetesObject["spec"], field: string): Cause[] {
  const list: { name?: string; image?: string; env?: { value?: unknown }[] }[] = spec?.containers ?? [];
  if (list.length === 0) return [required(`${field}.containers`)];
  return list.flatMap(({ name, image, env = [] }, index) => [
    ...env.flatMap(({ value = "" }, at) => texts({ value }, `${field}.containers[${index}].env[${at}]`)),
    ...(name ? [] : [required(`${field}.containers[${index}].name`)]),
    ...(image ? [] : [required(`${field}.containers[${index}].image`)]),
  ]);
}

/** What must be text: an unquoted number or yes in YAML is none (the real server answers 400 as it decodes). */
function texts(values: Record<string, unknown> | undefined, field: string): Cause[] {
  return Object.entries(values ?? {})
    .filter(([, value]) => typeof value !== "string")
    .map(([key, value]) => ({
      ...wrong(`${field}.${key}`, value, "must be a string"),
      reason: "FieldValueTypeInvalid",
    }));
}

function podChange(pod: KubernetesObject, old: KubernetesObject): Cause[] {
  const fixed = ({ spec }: KubernetesObject) => ({
    ...spec,
    nodeName: undefined, // set once, by the kubelet that takes it
    containers: spec.containers.map((one: object) => ({ ...one, image: "" })),
  });
  if (isDeepStrictEqual(fixed(pod), fixed(old))) return [];
  const message = "Forbidden: pod updates may not change fields other than `spec.containers[*].image`";
  return [{ reason: "FieldValueForbidden", message, field: "spec" }];
}

// pkg/apis/core/validation/events.go: an event stands beside what it is about, that of the cluster in default.
function event({ metadata, involvedObject }: KubernetesObject): Cause[] {
  const about: string = involvedObject?.namespace ?? "";
  const fits =
    about === "" ? ["default", "kube-system"].includes(metadata.namespace ?? "") : about === metadata.namespace;
  return fits ? [] : [wrong("involvedObject.namespace", about, "does not match event.namespace")];
}

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** The rules for names, labels and annotations, which all kinds share. */
export function metadataCauses({ kind, metadata }: KubernetesObject): Cause[] {
  const { name, labels = {}, annotations = {} } = metadata;
  const causes: Cause[] = texts(annotations, "metadata.annotations");
  const isPath = /^(Cluster)?Role(Binding)?$/.test(kind); // RBAC names are path segments: system:node is fine
  if (name.length > 253 || (isPath ? /[/%]/.test(name) : !SUBDOMAIN.test(name))) {
    causes.push(wrong("metadata.name", name, `must be a lowercase RFC 1123 subdomain (${SUBDOMAIN.source})`));
  }
  for (const [key, value] of Object.entries(labels)) {
    if (typeof value === "string" && (value === "" || (value.length <= 63 && LABEL_VALUE.test(value)))) continue;
    const why = `a label's value must be empty or at most 63 characters of ${LABEL_VALUE.source} (label ${key})`;
    causes.push(wrong("metadata.labels", value, why));
  }
  return causes;
}
