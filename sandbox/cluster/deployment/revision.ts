import { createHash } from "node:crypto";
import type { Deployment, ReplicaSet } from "../objects.ts";

export const REVISION = "deployment.kubernetes.io/revision";
const HISTORY = "deployment.kubernetes.io/revision-history";
const HASH = "pod-template-hash";
// deployment/util/deployment_util.go annotationsToSkip: these say something about one object only.
const NOT_COPIED = new Set([REVISION, HISTORY, "kubectl.kubernetes.io/last-applied-configuration"]);
const HASH_ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

type Annotations = Record<string, string>;

/** The pod-template-hash of a template, the same for the same template whatever the order of its fields. */
export function templateHash(template: Deployment["spec"]["template"]): string {
  const { [HASH]: _, ...labels } = template.metadata?.labels ?? {};
  const bytes = createHash("sha256")
    .update(canonical({ ...template, metadata: { ...template.metadata, labels } }))
    .digest()
    .subarray(0, 10);
  return [...bytes].map((byte) => HASH_ALPHABET[byte % HASH_ALPHABET.length]).join("");
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined && field !== null);
  return `{${fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, field]) => `"${key}":${canonical(field)}`)}}`;
}

/** The revision of a ReplicaSet; 0 before it has one. */
export function revisionOf(set: ReplicaSet): number {
  return Number(set.metadata.annotations?.[REVISION] ?? 0);
}

/** What a ReplicaSet of this template is made of, without replicas. */
export function replicaSetOf({ metadata, spec }: Deployment, hash: string) {
  const labels = { ...spec.template.metadata?.labels, [HASH]: hash };
  return {
    metadata: { name: `${metadata.name}-${hash}`, namespace: metadata.namespace, labels },
    spec: {
      ...(spec.minReadySeconds ? { minReadySeconds: spec.minReadySeconds } : {}),
      selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, [HASH]: hash } },
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
    },
  };
}

/** The annotations of the newest ReplicaSet: the Deployment's own, and a revision that a rollback renumbers. */
export function withRevision(before: Annotations, deployment: Deployment, revision: number): Annotations {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !NOT_COPIED.has(key));
  const annotations = { ...before, ...Object.fromEntries(copied) };
  const old = before[REVISION];
  if (Number(old ?? 0) >= revision) return annotations;
  const history = old === undefined ? {} : { [HISTORY]: [before[HISTORY], old].filter(Boolean).join() };
  return { ...annotations, ...history, [REVISION]: String(revision) };
}
