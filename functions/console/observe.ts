/** What the console reads, and how the objects of the cluster become what the status is made of. */
import type { Cluster, ClusterObject, Resource } from "@autoheal/lib/drivers/kubernetes";
import type { Incident } from "@autoheal/lib/incident";
import { type HealingLedger, ledgerName } from "@autoheal/lib/ledger";
import type { HealingPolicy } from "@autoheal/lib/policy";
import { readWorkload, type WorkloadObjects } from "@autoheal/lib/workload";
import type { Seen } from "./status.ts";

/** The kinds that the status is made of. */
export const watched = [
  "namespaces",
  "deployments",
  "statefulsets",
  "daemonsets",
  "incidents",
  "healingpolicies",
  "healingledgers",
] as const satisfies readonly Resource[];

/** One of the kinds that the status is made of. */
export type Watched = (typeof watched)[number];

/** The objects of each kind. */
export type Objects = Readonly<Record<Watched, readonly ClusterObject[]>>;

/** Reads everything once; rejects with ClusterError. */
export async function observe(cluster: Cluster, ownNamespace: string): Promise<Seen> {
  const lists = await Promise.all(watched.map(async (kind) => [kind, await cluster.list(kind)] as const));
  return seenIn(Object.fromEntries(lists) as unknown as Objects, ownNamespace); // reason: one entry for each kind
}

/** What the objects say. */
export function seenIn(objects: Objects, ownNamespace: string): Seen {
  const ledger = objects.healingledgers.find(({ metadata }) => metadata.name === ledgerName);
  return {
    ownNamespace,
    namespaces: objects.namespaces.map(({ metadata }) => ({ name: metadata.name, labels: metadata.labels ?? {} })),
    workloads: [
      ...objects.deployments.map((object) => workloadOf("Deployment", object)),
      ...objects.statefulsets.map((object) => workloadOf("StatefulSet", object)),
      ...objects.daemonsets.map((object) => workloadOf("DaemonSet", object)),
    ],
    // reason: the API server validated them against the schemas that these types come from
    incidents: objects.incidents as readonly ClusterObject[] as readonly Incident[],
    policies: objects.healingpolicies as readonly ClusterObject[] as readonly HealingPolicy[],
    pauses: (ledger as HealingLedger | undefined)?.spec?.pauses ?? [],
  };
}

/** Replicas and labels are all that the status needs: no revisions, no pods. */
function workloadOf(kind: WorkloadObjects["kind"], object: ClusterObject) {
  const of = object as WorkloadObjects["object"]; // reason: the kind's own list
  // When it was read matters to the deadline of pods alone.
  return readWorkload({ kind, object: of, revisions: [], pods: [], autoscalers: [], readAt: new Date(0) });
}
