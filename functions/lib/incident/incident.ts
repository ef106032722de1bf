import type { IncidentRef } from "../event/index.ts";
import type { IncidentSpec, IncidentStatus } from "./schema.ts";

/** An Incident as the cluster holds it. */
export interface Incident {
  apiVersion: "autoheal.dev/v1alpha1";
  kind: "Incident";
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    resourceVersion: string;
    creationTimestamp: string;
    labels?: Record<string, string>;
  };
  spec: IncidentSpec;
  /** Absent between the creation and the first write of `diagnose`. */
  status?: IncidentStatus;
}

/** What events call this incident. */
export function incidentRef(incident: Incident): IncidentRef {
  const { namespace, name, uid } = incident.metadata;
  return { namespace, name, uid };
}

/** True until the incident has ended; an incident without a status is one that was just created. */
export function isOpen(incident: Incident): boolean {
  return incident.status?.phase !== "Closed";
}

/** When its trouble began: with its first alert, or, while it has none, when it was opened. */
export function beganAt({ spec, status }: Pick<Incident, "spec" | "status">): string {
  const starts = status?.alerts.map(({ startsAt }) => startsAt) ?? [];
  return [spec.openedAt, ...starts].reduce((first, at) => (Date.parse(at) < Date.parse(first) ? at : first));
}

/** Milliseconds from its beginning to its proven recovery; undefined until then. */
export function healMs(incident: Pick<Incident, "spec" | "status">): number | undefined {
  const recoveredAt = incident.status?.recoveredAt;
  return recoveredAt === undefined ? undefined : Math.max(0, Date.parse(recoveredAt) - Date.parse(beganAt(incident)));
}
