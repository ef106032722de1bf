import { type Cluster, type ClusterObject, isClusterError } from "@autoheal/lib/drivers/kubernetes";
import { livePods, type Workload } from "@autoheal/lib/workload";
import type { Event } from "kubernetes-types/core/v1.js";
import { masked } from "./mask.ts";

/** A fact for people: what the cluster or a crashed container said. */
export interface Clue {
  text: string;
  source: "events" | "log";
}

/** How far back Kubernetes Events are told, in ms. */
const eventsSinceMs = 15 * 60_000;

/** Reads the warnings about a workload and its pods, and the log tail of one container that crashed. */
export async function readClues(cluster: Cluster, workload: Workload, now: Date): Promise<Clue[]> {
  const [events, log] = await Promise.all([warnings(cluster, workload, now), crashLog(cluster, workload)]);
  return [...events, ...log];
}

async function warnings(cluster: Cluster, workload: Workload, now: Date): Promise<Clue[]> {
  const events = await cluster.list<ClusterObject & Event>("events", { namespace: workload.namespace });
  const uids = new Set([
    workload.uid,
    ...workload.pods.map(({ uid }) => uid),
    ...workload.revisions.map(({ uid }) => uid),
  ]);
  const when = (event: Event) =>
    Date.parse(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? "");
  return events
    .filter(({ type, involvedObject }) => type === "Warning" && uids.has(involvedObject.uid ?? ""))
    .filter((event) => now.getTime() - when(event) < eventsSinceMs)
    .sort((a, b) => when(b) - when(a))
    .slice(0, 5)
    .map(({ reason, message, involvedObject, count }) => ({
      text: masked(
        `${involvedObject.name}: ${reason}: ${message}${count && count > 1 ? ` (${count} times)` : ""}`,
      ).slice(0, 1024),
      source: "events",
    }));
}

async function crashLog(cluster: Cluster, workload: Workload): Promise<Clue[]> {
  for (const pod of livePods(workload)) {
    const crashed = pod.containers.find(
      ({ lastTermination }) => lastTermination && lastTermination.reason !== "Completed",
    );
    if (!crashed) continue;
    const lines = await logTail(
      cluster,
      workload.namespace,
      pod.name,
      crashed.name,
      crashed.runningSince !== undefined,
    );
    return lines.map((line) => ({ text: `${pod.name}: ${line}`.slice(0, 1024), source: "log" }));
  }
  return [];
}

/** The last lines of the process that crashed, secrets masked before they are cut apart; a log that can't be read is no reason to stop diagnosing. */
async function logTail(
  cluster: Cluster,
  namespace: string,
  pod: string,
  container: string,
  previous: boolean,
): Promise<string[]> {
  try {
    const text = await cluster.log(namespace, pod, container, { previous, tailLines: 5 });
    return masked(text ?? "")
      .split("\n")
      .filter(Boolean);
  } catch (error) {
    if (isClusterError(error, "Forbidden") || isClusterError(error, "NotFound") || isClusterError(error, "Unavailable"))
      return [];
    throw error;
  }
}
