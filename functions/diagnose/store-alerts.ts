import { type Alert, type AlertBatch, alertKey, isFiring, targetSubject } from "@autoheal/lib/alert";
import { type Cluster, type ClusterObject, ownerOf } from "@autoheal/lib/drivers/kubernetes";
import {
  cutToSize,
  type Incident,
  incidentName,
  isOpen,
  lastNumber,
  openStatus,
  relevantAlerts,
  statusPatch,
  subjectHash,
  subjectLabel,
  withAlerts,
} from "@autoheal/lib/incident";
import { type WorkloadRef, workloadSubject } from "@autoheal/lib/workload";
import { changedSince } from "./observe.ts";

/** What the Incident's schema takes; the label's hash is made of the whole. */
const longestSubject = 253;

/** How often a lost race is tried again before the batch has to come again. */
const tries = 8;

/**
 * Stores a batch in the open incident of its workload, or opens one. Returns the incident; undefined when nothing of
 * the batch was worth storing (a resolved alert that nobody saw firing, a late repeat). When this resolves, the alerts are stored.
 */
export async function storeAlerts(
  cluster: Cluster,
  ownNamespace: string,
  batch: AlertBatch,
  now: Date,
): Promise<Incident | undefined> {
  const owner = await ownerOf(cluster, batch.target);
  const workload = owner.found ? owner.workload : undefined;
  const place: Place = workload
    ? { namespace: workload.namespace, subject: workloadSubject(workload), workload }
    : { namespace: ownNamespace, subject: targetSubject(batch.target), workload: undefined };
  for (let attempt = 1; ; attempt++) {
    try {
      return await joinOrOpen(cluster, place, batch.alerts, now);
    } catch (error) {
      // Somebody else opened it, or wrote to it, in between: look again.
      if (!changedSince(error) || attempt === tries) throw error;
    }
  }
}

interface Place {
  namespace: string;
  subject: string;
  workload: WorkloadRef | undefined;
}

/** Alerts that were stored as they are less than this ago need not be stored again, in ms. */
const repeatMs = 1_000;

/** True when all this was said a moment ago: many senders of one thing would only be in each other's way. */
function isRepeat({ status }: Incident, alerts: readonly Alert[], now: Date): boolean {
  const stored = new Map(status?.alerts.map((alert) => [alertKey(alert), alert]));
  return alerts.every((alert) => {
    const before = stored.get(alertKey(alert));
    const recent = before !== undefined && Math.abs(now.getTime() - Date.parse(before.receivedAt)) < repeatMs;
    return recent && isFiring(alert);
  });
}

async function joinOrOpen(
  cluster: Cluster,
  { namespace, subject, workload }: Place,
  alerts: readonly Alert[],
  now: Date,
): Promise<Incident | undefined> {
  const labelSelector = `${subjectLabel}=${subjectHash(subject)}`;
  const incidents = await cluster.list<ClusterObject & Incident>("incidents", { namespace, labelSelector });
  const relevant = relevantAlerts(alerts, incidents);
  const open = incidents.find(isOpen);
  if (relevant.length === 0) return undefined;
  if (open && isRepeat(open, relevant, now)) return open;
  const incident =
    open ??
    (await cluster.create<ClusterObject & Incident>("incidents", namespace, {
      apiVersion: "autoheal.dev/v1alpha1",
      kind: "Incident",
      metadata: {
        name: incidentName(workload, subject, lastNumber(incidents) + 1),
        namespace,
        labels: { [subjectLabel]: subjectHash(subject) },
      },
      spec: {
        subject: subject.slice(0, longestSubject),
        openedAt: now.toISOString(),
        ...(workload ? { workload } : {}),
      },
    }));
  const { metadata, status } = incident;
  const next = cutToSize(withAlerts(status ?? openStatus(now), relevant, now));
  const patch = { metadata: { resourceVersion: metadata.resourceVersion }, status: statusPatch(status, next) };
  return cluster.patch<ClusterObject & Incident>("incidents", namespace, metadata.name, patch, "status");
}
