import type { KubernetesObject } from "../target/index.ts";
import type { Observations } from "../verdict/index.ts";

/** What was read at one time; pods before what owns them, so that a pod that went is judged by an owner read later. */
export interface Reading {
  pods: readonly KubernetesObject[];
  sets: readonly KubernetesObject[];
  deployments: readonly KubernetesObject[];
}

/**
 * Tells pods that somebody deleted from those that a rollout or scaling down took: a pod of the newest ReplicaSet of a
 * Deployment, which wants as many as before, goes only if it is deleted.
 */
export function watchDeletions(ownDeletions: ReadonlySet<string>): {
  look(reading: Reading): void;
  deletions(): Observations["deletions"];
} {
  const known = new Map<string, KubernetesObject>();
  const wanted = new Map<string, number>();
  const deletions: { of: string; pod: string; uid: string }[] = [];

  function look({ pods, sets, deployments }: Reading): void {
    const living = pods.filter(({ metadata }) => !metadata.deletionTimestamp);
    const uids = new Set(living.map(({ metadata }) => metadata.uid));
    const fewer = setsThatWantFewer(sets, wanted);
    for (const [uid, pod] of known) {
      if (uids.has(uid)) continue;
      known.delete(uid);
      const set = sets.find(({ metadata }) => ownerOf(pod) === metadata.name);
      const of = set && ownerOf(set);
      if (!set || !of || !deployments.some(({ metadata }) => metadata.name === of)) continue;
      const siblings = sets.filter((other) => ownerOf(other) === of);
      const isNewest = siblings.every((other) => revisionOf(other) <= revisionOf(set));
      if (isNewest && !fewer.has(set.metadata.name) && !ownDeletions.has(uid)) {
        deletions.push({ of, pod: pod.metadata.name, uid });
      }
    }
    for (const pod of living) known.set(pod.metadata.uid, pod);
  }

  return { look, deletions: () => [...deletions] };
}

function setsThatWantFewer(sets: readonly KubernetesObject[], wanted: Map<string, number>): Set<string> {
  const fewer = new Set<string>();
  for (const { metadata, spec } of sets) {
    const replicas = spec.replicas ?? 1;
    if (replicas < (wanted.get(metadata.name) ?? 0)) fewer.add(metadata.name);
    wanted.set(metadata.name, replicas);
  }
  return fewer;
}

function ownerOf({ metadata }: KubernetesObject): string | undefined {
  return metadata.ownerReferences?.[0]?.name;
}

function revisionOf({ metadata }: KubernetesObject): number {
  return Number(metadata.annotations?.["deployment.kubernetes.io/revision"] ?? 0);
}
