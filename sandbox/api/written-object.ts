import { randomBytes, randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { metadataCauses } from "./built-in/index.ts";
import type { Kind } from "./kinds.ts";
import type { KubernetesObject } from "./object.ts";
import { badRequest, invalid } from "./status-error.ts";

/** A copy through JSON, so that undefined fields and Dates become what they would be on the wire. */
export const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value));

/** Freezes a value in all its parts. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

/** What a creation stores, but for defaults: identity, first generation and first status. */
export function newObject(kind: Kind, given: object, now: Date): KubernetesObject {
  const object = copy(given) as KubernetesObject; // metadata is completed below
  const metadata: Partial<KubernetesObject["metadata"]> = object.metadata ?? {};
  const name = metadata.name ?? (metadata.generateName === undefined ? undefined : generated(metadata.generateName));
  const kindName = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
  if (name === undefined || name === "") {
    const message = "Required value: name or generateName is required";
    throw invalid(kindName, "", [{ reason: "FieldValueRequired", message, field: "metadata.name" }]);
  }
  if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== "") {
    throw badRequest("resourceVersion should not be set on objects to be created");
  }
  const { namespace, ...rest } = metadata;
  if (kind.namespaced && (namespace === undefined || namespace === "")) {
    const message = "Required value";
    throw invalid(kindName, name, [{ reason: "FieldValueRequired", message, field: "metadata.namespace" }]);
  }
  const { status, ...body } = object;
  const first = kind.status ? FIRST_STATUS[kind.resource] : status;
  return {
    ...body,
    ...(first === undefined ? {} : { status: first }),
    apiVersion: kind.group === "" ? kind.version : `${kind.group}/${kind.version}`,
    kind: kind.kind,
    metadata: {
      ...rest,
      name,
      ...(kind.namespaced && namespace !== undefined ? { namespace } : {}),
      uid: randomUUID(),
      resourceVersion: "",
      ...(kind.generation ? { generation: 1 } : {}),
      creationTimestamp: timestamp(now),
    },
  };
}

/** The object with defaults, if all rules for its kind hold; throws 422 else. */
export function admitted(kind: Kind, object: KubernetesObject, old: KubernetesObject | undefined): KubernetesObject {
  const causes = metadataCauses(object);
  if (causes.length > 0) {
    throw invalid(kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`, object.metadata.name, causes);
  }
  return kind.admit?.(object, old) ?? object;
}

const FIRST_STATUS: Record<string, object> = { pods: { phase: "Pending" }, namespaces: { phase: "Active" } };

/** A time as the API server writes it: in whole seconds. */
export const timestamp = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, "Z");

// apiserver/pkg/storage/names: five letters of an alphabet without vowels and look-alikes.
function generated(prefix: string): string {
  const alphabet = "bcdfghjklmnpqrstvwxz2456789";
  return prefix + [...randomBytes(5)].map((byte) => alphabet[byte % alphabet.length]).join("");
}

/** A write of the main resource without what no such write may change: identity, times, status. */
export function keepIdentity(kind: Kind, stored: KubernetesObject, wanted: KubernetesObject): KubernetesObject {
  const { status, ...body } = wanted;
  const keptStatus = kind.status ? stored.status : status;
  const metadata = { ...wanted.metadata };
  for (const field of IDENTITY) Object.assign(metadata, { [field]: stored.metadata[field] });
  return {
    ...body,
    ...(keptStatus === undefined ? {} : { status: keptStatus }),
    apiVersion: stored.apiVersion,
    kind: stored.kind,
    metadata,
  };
}

const IDENTITY = [
  "name",
  "namespace",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
] as const;

/**
 * A write of the status alone. Built-in kinds take annotations with it; the deployment controller writes its revision
 * this way.
 */
export function statusOnly(kind: Kind, stored: KubernetesObject, wanted: KubernetesObject): KubernetesObject {
  const next = { ...copy(stored), status: wanted.status };
  const builtIn = kind.group === "" || kind.group === "apps";
  if (builtIn && wanted.metadata.annotations !== undefined) next.metadata.annotations = wanted.metadata.annotations;
  return next;
}

/** Whether a write counts for the generation; for Deployments annotations do (pkg/registry/apps/deployment/strategy.go). */
export function changesSpec(kind: Kind, before: KubernetesObject, after: KubernetesObject): boolean {
  const annotations = kind.resource === "deployments.apps";
  if (annotations && !isDeepStrictEqual(before.metadata.annotations, after.metadata.annotations)) return true;
  const body = ({ metadata: _, status, ...rest }: KubernetesObject) => (kind.status ? rest : { ...rest, status });
  return !isDeepStrictEqual(body(before), body(after));
}

/** The grace of a deletion; unscheduled and ended pods need no kubelet to go (CheckGracefulDelete). */
export function podGraceSeconds(pod: KubernetesObject, asked: number | undefined): number {
  if (!pod.spec?.nodeName || pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed") return 0;
  return asked ?? pod.spec.terminationGracePeriodSeconds ?? 30;
}
