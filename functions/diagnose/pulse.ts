import { type Cluster, type ClusterObject, isClusterError } from "@autoheal/lib/drivers/kubernetes";
import { type Incident, isOpen } from "@autoheal/lib/incident";

/** The PingSource that wakes `diagnose` while an incident can't wait for the tick. */
const pulseName = "pulse";

/** An incident due later than this is left to the tick, in ms. */
const pulseHorizonMs = 5 * 60_000;

/** True when the incident has to be looked at before the next tick; one that only waits for a person has not. */
export function needsPulse(incident: Incident, now: Date): boolean {
  if (!isOpen(incident) || incident.status?.phase === "Escalated") return false;
  const due = Date.parse(incident.status?.dueAt ?? "");
  return Number.isNaN(due) || due - now.getTime() < pulseHorizonMs;
}

/** Makes sure that the pulse beats. */
export async function startPulse(cluster: Cluster, namespace: string, schedule: string): Promise<void> {
  if (await cluster.get("pingsources", namespace, pulseName)) return;
  try {
    await cluster.create("pingsources", namespace, {
      apiVersion: "sources.knative.dev/v1",
      kind: "PingSource",
      metadata: { name: pulseName, namespace, labels: { "app.kubernetes.io/part-of": "autoheal" } },
      spec: {
        schedule,
        contentType: "application/json",
        data: "{}",
        sink: { ref: { apiVersion: "eventing.knative.dev/v1", kind: "Broker", name: "healing", namespace } },
        ceOverrides: { extensions: { autohealwake: "pulse" } },
      },
    });
  } catch (error) {
    if (!isClusterError(error, "AlreadyExists")) throw error;
  }
}

/** Stops the pulse, which no incident needs; an incident that was opened meanwhile gets it back. */
export async function stopPulse(
  cluster: Cluster,
  namespace: string,
  schedule: string,
  wanted: (incident: Incident) => boolean,
): Promise<void> {
  try {
    await cluster.delete("pingsources", namespace, pulseName);
  } catch (error) {
    if (!isClusterError(error, "NotFound")) throw error;
  }
  const incidents = await cluster.list<ClusterObject & Incident>("incidents");
  if (incidents.some(wanted)) await startPulse(cluster, namespace, schedule);
}
