import type { EventName, OutgoingEvent } from "@autoheal/lib/event";
import {
  type Incident,
  type IncidentStatus,
  incidentRef,
  type OutboxEntry,
  type Remediation,
} from "@autoheal/lib/incident";
import type { Token } from "@autoheal/lib/ledger";

/** What one pass over an incident does, in this order: tokens, the incident's record, events. */
export interface Step {
  /** Tokens to reserve before anything is recorded. */
  reserve: readonly Token[];
  /** Ids of tokens to give back. */
  release: readonly string[];
  status: IncidentStatus;
  post: readonly OutgoingEvent[];
}

/** A step that only records. */
export function record(status: IncidentStatus): Step {
  return { reserve: [], release: [], status, post: [] };
}

/** The time so many seconds later, as the API server writes it. */
export function after(now: Date, seconds: number): string {
  return new Date(now.getTime() + seconds * 1000).toISOString();
}

/** The request to run a remediation; the same id each time it is posted. */
export function requestOf(incident: Incident, remediation: Remediation): OutgoingEvent<"remedy.requested"> {
  return {
    name: "remedy.requested",
    id: remediation.id,
    subject: incident.spec.subject,
    extensions: { remedy: remediation.remedy },
    data: { incident: incidentRef(incident), remediation: remediation.id },
  };
}

/** The event that has `notify` send an outbox entry. */
export function noteOf(incident: Incident, entry: OutboxEntry): OutgoingEvent {
  const name: EventName = entry.event === "proposed" ? "remedy.proposed" : `incident.${entry.event}`;
  return {
    name,
    id: `${incident.metadata.uid}-${entry.id}`,
    subject: incident.spec.subject,
    extensions: {},
    data: { incident: incidentRef(incident), entry: entry.id },
  };
}

/** The status with one more message in its outbox; what stands there last is not said again. */
export function told(
  status: IncidentStatus,
  event: OutboxEntry["event"],
  title: string,
  lines: readonly string[],
  now: Date,
): IncidentStatus {
  const last = status.outbox.at(-1);
  const cut = (text: string) => text.slice(0, 1024);
  if (last?.event === event && last.title === cut(title)) return status;
  const id = String(Number(last?.id ?? 0) + 1);
  const entry: OutboxEntry = { id, event, title: cut(title), lines: lines.map(cut), at: now.toISOString() };
  return { ...status, outbox: [...status.outbox, entry] };
}

/** The status with one remediation changed. */
export function withRemediation(status: IncidentStatus, changed: Remediation): IncidentStatus {
  const remediations = status.remediations.map((entry) => (entry.id === changed.id ? changed : entry));
  return { ...status, remediations };
}
