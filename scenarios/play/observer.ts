import { markAnnotation } from "@autoheal/lib/workload";
import type { KubernetesObject } from "../target/index.ts";
import type { IncidentState, Observations, SeenObject } from "../verdict/index.ts";
import { incidentState } from "./incident-state.ts";
import { watchDeletions } from "./pod-deletions.ts";
import { keyOf, milliseconds, type Stage } from "./stage.ts";

/** What is seen of a namespace so far. */
export interface Observer {
  seen(): Pick<Observations, "states" | "objects" | "deletions">;
  /** Looks once more, and no more. */
  stop(): Promise<void>;
}

/** How often the cluster is looked at, in production's seconds: on a small one, who looks on is a good part of the load. */
const everySeconds = 10;

/** Looks at a namespace's incidents, workloads, autoscalers and pods until it is stopped. */
export function startObserver(stage: Stage, ownNamespace: string): Observer {
  const { target, namespace, say } = stage;
  const { kubernetes } = target;
  const states: IncidentState[] = [];
  const latest = new Map<string, string>();
  const objects = new Map<string, Tracked>();
  const pods = watchDeletions(stage.ownDeletions);

  async function look(): Promise<void> {
    const podsNow = await kubernetes.list("Pod", namespace);
    const [sets, deployments, autoscalers, mine, others] = await Promise.all([
      kubernetes.list("ReplicaSet", namespace),
      kubernetes.list("Deployment", namespace),
      kubernetes.list("HorizontalPodAutoscaler", namespace),
      kubernetes.list("Incident", namespace),
      namespace === ownNamespace ? [] : kubernetes.list("Incident", ownNamespace),
    ]);
    pods.look({ pods: podsNow, sets, deployments });
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

  const loop = (async () => {
    while (!stage.over) {
      try {
        await look();
      } catch (error) {
        say(notSeen(error));
      }
      await new Promise((resolve) => setTimeout(resolve, milliseconds(stage, everySeconds)));
    }
  })();

  return {
    seen: () => ({
      states: [...states],
      objects: [...objects.values()].map((entry) => seenObject(entry, stage.ownWrites)),
      deletions: pods.deletions(),
    }),
    async stop() {
      stage.over = true;
      await loop;
      await look().catch((error: unknown) => say(notSeen(error)));
    },
  };
}

function notSeen(error: unknown): string {
  return `not seen: ${error instanceof Error ? error.message : error}`;
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

function storyLine({ of, phase, cause, hold, outcome, remediations }: IncidentState): string {
  const last = remediations.at(-1);
  const done = last && `${last.remedy} ${last.outcome ?? (last.applied ? "applied" : "requested")}`;
  return [`${of}: ${phase}`, outcome, cause, hold && `hold ${hold}`, done].filter(Boolean).join(", ");
}
