import { sampleMs, slowestScale } from "../../monitoring/scaling/index.ts";
import type { Kubernetes, KubernetesObject, ObjectRef, PodRef, Target } from "../target/index.ts";

/** Where a scenario is played: its namespace on a target, and what the runner itself has done there. */
export interface Stage {
  target: Target;
  namespace: string;
  scenario: string;
  /** Deadlines are so many times longer than the scenario says, for slow machines. */
  patience: number;
  say(text: string): void;
  /** How often the runner has changed the spec of an object, by kind and name. */
  ownWrites: Map<string, number>;
  /** The uids of pods that the runner has deleted. */
  ownDeletions: Set<string>;
  /** Everything that was created, oldest first: it is taken away in the end. */
  created: ObjectRef[];
  /** Ids of silences to end. */
  silences: string[];
  /** What the end has to set back, such as the label of a namespace that was there before. */
  restore: (() => Promise<unknown>)[];
  /** Ends the play early; what was placed is taken away all the same. */
  stop?: AbortSignal | undefined;
  /** True once the play is over: nobody waits any longer. */
  over: boolean;
}

/** Production's seconds as the target's milliseconds. */
export function milliseconds({ target }: Pick<Stage, "target">, productionSeconds: number): number {
  return (productionSeconds / target.pace.timeScale) * 1000;
}

/** The same for a look at what has to stay as it is: what tells of containers has to have come once more. */
export function lookMilliseconds(stage: Pick<Stage, "target">, productionSeconds: number): number {
  return Math.max(milliseconds(stage, productionSeconds), sampleMs(stage.target.pace));
}

/** How long to wait at most, in ms, for something that may take so many of production's seconds, by the slowest rule. */
export function deadline({ target, patience }: Stage, productionSeconds: number): number {
  return (productionSeconds / slowestScale(target.pace)) * 1000 * patience;
}

/** The key of an object in `ownWrites`. */
export function keyOf(kind: string, name: string): string {
  return `${kind}/${name}`;
}

/** Writes an object and counts the write as the runner's own if it changed the spec. */
export async function write(
  stage: Stage,
  ref: ObjectRef,
  change: (kubernetes: Kubernetes) => Promise<KubernetesObject>,
): Promise<KubernetesObject> {
  const { kubernetes } = stage.target;
  const before = await kubernetes.get(ref);
  const key = keyOf(ref.kind, ref.name);
  const own = stage.ownWrites.get(key) ?? 0;
  // Counted before it is seen by whoever looks on meanwhile, and taken back if it changed nothing.
  stage.ownWrites.set(key, own + 1);
  let after: KubernetesObject | undefined;
  try {
    after = await change(kubernetes);
    return after;
  } finally {
    const changed = before && after && JSON.stringify(before.spec) !== JSON.stringify(after.spec);
    if (!changed) stage.ownWrites.set(key, own);
  }
}

/** Creates an object, or merges it into the one that is there. */
export async function apply(stage: Stage, manifest: KubernetesObject | Record<string, unknown>): Promise<void> {
  const object = stage.target.adapted(manifest);
  const { apiVersion, kind, metadata } = object as KubernetesObject; // reason: a manifest
  const ref: ObjectRef = { apiVersion, kind, namespace: stage.namespace, name: metadata.name };
  if (await stage.target.kubernetes.get(ref)) {
    await write(stage, ref, (kubernetes) => kubernetes.patch(ref, object));
    return;
  }
  const placed = { ...object, metadata: { ...metadata, namespace: stage.namespace } };
  await stage.target.kubernetes.create(placed, stage.namespace);
  stage.created.push(ref);
}

/** The pods of a sample app that stay, oldest first; throws when there are none. */
export async function podsOf({ target, namespace }: Stage, app: string): Promise<(PodRef & { uid: string })[]> {
  const pods = (await target.kubernetes.list("Pod", namespace))
    .filter(({ metadata, status }) => metadata.labels?.app === app && !metadata.deletionTimestamp && status?.podIP)
    .sort((a, b) => ageOf(a).localeCompare(ageOf(b)));
  if (pods.length === 0) throw new Error(`no pods of ${app} in ${namespace}`);
  return pods.map(({ metadata: { name, uid }, status }) => ({ namespace, name, uid, ip: status.podIP }));
}

/** Orders pods by age; the name decides within a second. */
function ageOf({ metadata }: KubernetesObject): string {
  return `${metadata.creationTimestamp} ${metadata.name}`;
}
