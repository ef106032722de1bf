import type { Span } from "@autoheal/lib/anomaly";
import type { Cluster, ClusterObject, Resource, Selection } from "@autoheal/lib/drivers/kubernetes";
import type { Incident } from "@autoheal/lib/incident";
import {
  readWorkload,
  rolledOutAt,
  type Workload,
  type WorkloadObjects,
  type WorkloadRef,
} from "@autoheal/lib/workload";

/** A workload, and what of its past is no measure of how it usually is. */
export interface Past {
  workload: WorkloadRef;
  labels: Readonly<Record<string, string>>;
  /** When what runs now was rolled out, in seconds since the epoch: a new revision begins a new baseline. */
  sinceSeconds: number;
  /** Rollouts and restarts, and incidents with the time before them in which they began. */
  cuts: readonly Span[];
}

/** What is cut out around what happened. */
export interface Margins {
  /** How long a rollout shows in what is measured, in seconds: pods start, caches are cold, rates look back. */
  settlingSeconds: number;
  /** How long before its first alert an incident's trouble may have begun, in seconds: rules wait and look back. */
  buildUpSeconds: number;
}

const kinds = { Deployment: "deployments", StatefulSet: "statefulsets", DaemonSet: "daemonsets" } as const;

/** Reads the workloads of a namespace, or of all, with their pasts; `wanted` chooses by kind, namespace, name and labels. */
export async function readPasts(
  cluster: Cluster,
  selection: Selection,
  wanted: (workload: WorkloadRef & Pick<Past, "labels">) => boolean,
  now: Date,
  margins: Margins,
): Promise<Past[]> {
  const list = <T>(resource: Resource) => cluster.list<ClusterObject & T>(resource, selection);
  type Revisions = WorkloadObjects["revisions"];
  const [incidents, replicaSets, controllerRevisions, ...workloads] = await Promise.all([
    list<Incident>("incidents"),
    list<Revisions[number]>("replicasets"),
    list<Revisions[number]>("controllerrevisions"),
    ...Object.values(kinds).map((resource) => list<WorkloadObjects["object"]>(resource)),
  ]);
  const revisionsOf = Map.groupBy([...replicaSets, ...controllerRevisions], ownerUid);
  const incidentsOf = Map.groupBy(incidents, ({ spec }) => keyOf(spec.workload));
  return Object.keys(kinds).flatMap((kind, i) =>
    (workloads[i] ?? []).flatMap((object) => {
      const { name, namespace = "", labels = {}, uid } = object.metadata;
      const ref = { kind: kind as keyof typeof kinds, namespace, name }; // reason: the kinds' own keys
      if (!wanted({ ...ref, labels })) return [];
      const workload = readWorkload({
        kind: ref.kind,
        object,
        revisions: revisionsOf.get(uid) ?? [],
        pods: [],
        autoscalers: [],
        readAt: now,
      });
      return [pastOf(workload, incidentsOf.get(keyOf(ref)) ?? [], now, margins)];
    }),
  );
}

/** What of a workload's past is cut out. Pure. */
export function pastOf(workload: Workload, incidents: readonly Incident[], now: Date, margins: Margins): Past {
  const { kind, namespace, name, labels } = workload;
  const rollouts = workload.revisions.map(({ createdAt }) => seconds(createdAt));
  return {
    workload: { kind, namespace, name },
    labels,
    sinceSeconds: seconds(rolledOutAt(workload)),
    cuts: [
      ...rollouts.map((at) => ({ fromSeconds: at, toSeconds: at + margins.settlingSeconds })),
      ...incidents.map((incident) => spanOf(incident, now, margins)),
    ],
  };
}

function spanOf({ metadata, status }: Incident, now: Date, { buildUpSeconds }: Margins): Span {
  const alerts = status?.alerts.map(({ startsAt }) => seconds(startsAt)) ?? [];
  const began = Math.min(seconds(metadata.creationTimestamp), ...alerts.filter(Number.isFinite));
  const ended = status?.closedAt ? seconds(status.closedAt) : now.getTime() / 1000;
  return { fromSeconds: began - buildUpSeconds, toSeconds: ended };
}

function seconds(instant: string): number {
  return Date.parse(instant) / 1000;
}

function keyOf(ref: WorkloadRef | undefined): string {
  return ref ? `${ref.namespace}/${ref.kind}/${ref.name}` : "";
}

function ownerUid({ metadata }: ClusterObject): string {
  return metadata.ownerReferences?.find(({ controller }) => controller)?.uid ?? "";
}
