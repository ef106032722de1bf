import { markAnnotation } from "@autoheal/lib/workload";
import type { KubernetesObject } from "../target/index.ts";
import type { IncidentState, Observations, SeenObject } from "../verdict/index.ts";
import { incidentState } from "./incident-state.ts";
import { keyOf, type Stage } from "./stage.ts";

/** What is seen of a namespace so far. */
export interface Observer {
  seen(): Pick<Observations, "states" | "objects" | "deletions">;
  /** Looks once more, now. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

/** How often the cluster is looked at, in ms. */
const everyMs = 500;

/** Looks at a namespace's incidents, workloads, autoscalers and pods until it is stopped. */
export function startObserver(stage: Stage, ownNamespace: string): Observer {
  const { target, namespace, say } = stage;
  const { kubernetes } = target;
  const states: IncidentState[] = [];
  const latest = new Map<string, string>();
  const objects = new Map<string, Tracked>();
  const pods = new Map<string, KubernetesObject>();
  const deletions: { of: string; pod: string; uid: string }[] = [];
  const wanted = new Map<string, number>();

  async function look(): Promise<void> {
    // Pods come before what owns them: a pod that goes is judged by an owner that was read later.
    const podsNow = await kubernetes.list("Pod", namespace);
    const [sets, deployments, autoscalers, mine, others] = await Promise.all([
      kubernetes.list("ReplicaSet", namespace),
      kubernetes.list("Deployment", namespace),
      kubernetes.list("HorizontalPodAutoscaler", namespace),
      kubernetes.list("Incident", namespace),
      namespace === ownNamespace ? [] : kubernetes.list("Incident", ownNamespace),
    ]);
    seeDeletions(podsNow, sets, deployments);
    for (const deployment of deployments) {
      const { replicas = 1, ...rest } = deployment.spec;
      // What an autoscaler of a real cluster does to replicas is its own business.
      const spec = !target.isSandbox && autoscalers.length > 0 ? rest : { replicas, ...rest };
      track("Deployment", deployment, spec, (deployment.status?.availableReplicas ?? 0) >= replicas);
    }
    for (const autoscaler of autoscalers) track("HorizontalPodAutoscaler", autoscaler, autoscaler.spec, true);
    const about = others.filter(({ spec }) => spec.subject.startsWith(`${namespace}/`));
    for (const incident of [...mine, ...about]) seeIncident(incident);
  }

  function seeIncident(incident: KubernetesObject): void {
    const state = incidentState(incident, Date.now());
    const { at: _, ...comparable } = state;
    const text = JSON.stringify(comparable);
    if (latest.get(state.incident) === text) return;
    const before = states.findLast(({ incident: name }) => name === state.incident);
    latest.set(state.incident, text);
    states.push(state);
    const line = storyLine(state);
    if (!before || storyLine(before) !== line) say(state.because ? `${line} (${state.because})` : line);
  }

  function track(kind: string, object: KubernetesObject, spec: unknown, healthy: boolean): void {
    const { name, annotations } = object.metadata;
    const key = keyOf(kind, name);
    const text = JSON.stringify(spec);
    const entry = objects.get(key) ?? { kind, name, text, changes: 0, marks: new Set() };
    objects.set(key, entry);
    if (entry.text !== text) entry.changes += 1;
    entry.text = text;
    const mark = annotations?.[markAnnotation];
    if (mark) entry.marks.add(mark);
    if (!healthy) entry.unhealthyAt = Date.now();
  }

  /** A rollout takes pods of old ReplicaSets; a pod of the newest one, which wants as many as ever, was deleted by somebody. */
  function seeDeletions(
    now: readonly KubernetesObject[],
    sets: readonly KubernetesObject[],
    deployments: readonly KubernetesObject[],
  ): void {
    const living = new Set(
      now.filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => metadata.uid),
    );
    const fewer = new Set<string>();
    for (const { metadata, spec } of sets) {
      if ((spec.replicas ?? 1) < (wanted.get(metadata.name) ?? 0)) fewer.add(metadata.name);
      wanted.set(metadata.name, spec.replicas ?? 1);
    }
    for (const [uid, pod] of pods) {
      if (living.has(uid)) continue;
      pods.delete(uid);
      const set = sets.find(({ metadata }) => pod.metadata.ownerReferences?.some(({ name }) => name === metadata.name));
      const of = set?.metadata.ownerReferences?.[0]?.name;
      if (!set || !of || !deployments.some(({ metadata }) => metadata.name === of)) continue;
      const newest = sets
        .filter(({ metadata }) => metadata.ownerReferences?.[0]?.name === of)
        .every((other) => revisionOf(other) <= revisionOf(set));
      if (newest && !fewer.has(set.metadata.name) && !stage.ownDeletions.has(uid))
        deletions.push({ of, pod: pod.metadata.name, uid });
    }
    for (const pod of now) if (living.has(pod.metadata.uid)) pods.set(pod.metadata.uid, pod);
  }

  const loop = (async () => {
    while (!stage.over) {
      try {
        await look();
      } catch (error) {
        say(`not seen: ${error instanceof Error ? error.message : error}`);
      }
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  })();

  return {
    look,
    seen: () => ({
      states: [...states],
      objects: [...objects.values()].map((entry) => seenObject(entry, stage.ownWrites)),
      deletions: [...deletions],
    }),
    async stop() {
      stage.over = true;
      await loop;
    },
  };
}

interface Tracked {
  kind: string;
  name: string;
  text: string;
  changes: number;
  marks: Set<string>;
  unhealthyAt?: number;
}

function seenObject(
  { kind, name, changes, marks, unhealthyAt }: Tracked,
  own: ReadonlyMap<string, number>,
): SeenObject {
  return {
    name: kind === "Deployment" ? name : keyOf(kind, name),
    foreignWrites: Math.max(0, changes - (own.get(keyOf(kind, name)) ?? 0)),
    marks: [...marks],
    ...(unhealthyAt === undefined ? {} : { unhealthyAt }),
  };
}

function revisionOf({ metadata }: KubernetesObject): number {
  return Number(metadata.annotations?.["deployment.kubernetes.io/revision"] ?? 0);
}

function storyLine({ of, phase, cause, hold, outcome, remediations }: IncidentState): string {
  const last = remediations.at(-1);
  const done = last && `${last.remedy} ${last.outcome ?? (last.applied ? "applied" : "requested")}`;
  return [`${of}: ${phase}`, outcome, cause, hold && `hold ${hold}`, done].filter(Boolean).join(", ");
}
