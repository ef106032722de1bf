import type { WorkloadKind } from "../alert/index.ts";
import { markAnnotation, type Workload, type WorkloadRef } from "../workload/index.ts";

/** What is patched: a workload, or the autoscaler that owns its replicas. */
export interface Patched {
  kind: WorkloadKind | "HorizontalPodAutoscaler";
  namespace: string;
  name: string;
}

/** One write to the cluster, whole and absolute: doing it twice is doing it once. */
export type ActionEffect =
  /** A JSON merge patch; its resourceVersion makes it fail when anybody has written since the read. */
  | { do: "merge"; object: Patched; patch: { metadata: Marked; spec: object } }
  /** A JSON patch (RFC 6902), where a value is replaced and not merged. */
  | { do: "replace"; object: Patched; operations: readonly Operation[] }
  /** Evicts exactly these pods, by name and uid. */
  | { do: "evict"; namespace: string; pods: readonly { name: string; uid: string }[] }
  /** Marks a workload after a change that could not carry the mark itself. */
  | { do: "mark"; workload: WorkloadRef; uid: string; id: string };

/** One operation of a JSON patch. */
export interface Operation {
  op: "add" | "replace";
  path: string;
  value: unknown;
}

interface Marked {
  resourceVersion: string;
  annotations: Record<string, string>;
}

/** The metadata of every merge patch: the read that it follows, and the mark that tells it was done. */
export function marked(id: string, resourceVersion: string): Marked {
  return { resourceVersion, annotations: { [markAnnotation]: id } };
}

/** Merges into a workload's spec, and marks it. */
export function mergeSpec(workload: Workload, id: string, spec: object): ActionEffect {
  return { do: "merge", object: refOf(workload), patch: { metadata: marked(id, workload.resourceVersion), spec } };
}

/** Marks the workload alone. */
export function markOnly(workload: Workload, id: string): ActionEffect {
  return { do: "mark", workload: refOf(workload), uid: workload.uid, id };
}

/** What names a workload, without what was read of it. */
export function refOf({ kind, namespace, name }: WorkloadRef): WorkloadRef {
  return { kind, namespace, name };
}
