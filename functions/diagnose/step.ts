import { highestSeverity } from "@autoheal/lib/alert";
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
export function noteOf(incident: Incident, status: IncidentStatus, entry: OutboxEntry): OutgoingEvent {
  const name: EventName = entry.event === "proposed" ? "remedy.proposed" : `incident.${entry.event}`;
  return {
    name,
    id: `${incident.metadata.uid}-${entry.id}`,
    subject: incident.spec.subject,
    extensions: {
      severity: highestSeverity(status.alerts),
      ...(status.outcome ? { outcome: status.outcome } : {}),
    },
    data: { incident: incidentRef(incident), entry: entry.id },
  };
}

/** The same news is not told again sooner than this, in ms, when it comes and goes. */
const quietMs = 10 * 60_000;

/** Holding is one kind of news, whatever the message is called. */
const topicOf = (event: OutboxEntry["event"]) => (event === "proposed" || event === "escalated" ? "held" : event);

/**
 * The status with one more message in its outbox. What was told last of its kind is not told again, unless something
 * was done since; what comes and goes is told every ten minutes at most.
 */
export function told(
  status: IncidentStatus,
  event: OutboxEntry["event"],
  title: string,
  lines: readonly string[],
  now: Date,
): IncidentStatus {
  const cut = (text: string) => text.slice(0, 1024);
  const before = status.outbox.findLast((entry) => entry.event === event && entry.title === cut(title));
  const newest = status.outbox.findLast((entry) => topicOf(entry.event) === topicOf(event));
  if (before) {
    const acted = status.remediations.some(
      (entry) => Date.parse(entry.finishedAt ?? entry.requestedAt) > Date.parse(before.at),
    );
    const quiet = now.getTime() - Date.parse(before.at) < quietMs;
    if (quiet || (before === newest && !acted)) return status;
  }
  const id = String(Number(status.outbox.at(-1)?.id ?? 0) + 1);
  const entry: OutboxEntry = { id, event, title: cut(title), lines: lines.map(cut), at: now.toISOString() };
  return { ...status, outbox: [...status.outbox, entry] };
}

/** The status with one remediation changed. */
export function withRemediation(status: IncidentStatus, changed: Remediation): IncidentStatus {
  const remediations = status.remediations.map((entry) => (entry.id === changed.id ? changed : entry));
  return { ...status, remediations };
}
