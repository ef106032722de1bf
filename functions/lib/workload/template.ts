import { createHash } from "node:crypto";
import type { PodTemplateSpec } from "kubernetes-types/core/v1.js";

/** The annotation that `kubectl rollout restart`, and our restart, sets to replace all pods. */
export const restartedAt = "kubectl.kubernetes.io/restartedAt";

/** Labels that controllers add to the templates of their revisions. */
const controllerLabels = new Set(["pod-template-hash", "controller-revision-hash", "pod-template-generation"]);

/** What two templates have in common when they make the same pods: restarts and controllers' labels are left aside. */
export function templateFingerprint(template: PodTemplateSpec | undefined): string {
  const { labels = {}, annotations = {}, ...metadata } = template?.metadata ?? {};
  const same = {
    spec: template?.spec,
    metadata: {
      ...without(metadata, ([key]) => key === "creationTimestamp"),
      labels: without(labels, ([key]) => controllerLabels.has(key)),
      annotations: without(annotations, ([key]) => key === restartedAt || key.startsWith("autoheal.dev/")),
    },
  };
  return createHash("sha256")
    .update(JSON.stringify(sorted(same)))
    .digest("hex")
    .slice(0, 16);
}

/** The template of a ReplicaSet as its Deployment's: the hash that its controller added is taken away. */
export function withoutControllerLabels(template: PodTemplateSpec): PodTemplateSpec {
  const { metadata } = template;
  if (!metadata?.labels) return template;
  return {
    ...template,
    metadata: { ...metadata, labels: without(metadata.labels, ([key]) => controllerLabels.has(key)) },
  };
}

function without<T extends object>(object: T, leftOut: (entry: [string, unknown]) => boolean): T {
  return Object.fromEntries(Object.entries(object).filter((entry) => !leftOut(entry))) as T; // reason: fewer optional keys
}

/** The same value with the keys of all objects in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined && member !== null)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
