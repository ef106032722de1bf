import type { AlertBatch } from "../alert/index.ts";
import type { EventName } from "./catalog.ts";

/** Where an incident lives: events name it, the cluster holds it. */
export interface IncidentRef {
  namespace: string;
  name: string;
  uid: string;
}

/** A text that is the same for the same incident, and for no other, whatever an event says of it. */
export function incidentKey({ namespace, name, uid }: IncidentRef): string {
  return `${namespace}/${name} ${uid}`;
}

/** The data of `remedy.requested`, `remedy.applied` and `remedy.failed`. */
export interface RemediationNote {
  incident: IncidentRef;
  /** The remediation's id, as in the incident's own list. */
  remediation: string;
  /** Why nothing was written; only with `remedy.failed`. */
  reason?: string;
  message?: string;
}

/** The data of the events that `notify` takes: which outbox entry to send. */
export interface OutboxNote {
  incident: IncidentRef;
  entry: string;
}

/** The data of `anomaly.requested`: the score of a workload is wanted for an incident. */
export interface AnomalyRequest {
  incident: IncidentRef;
  /** `namespace/kind/name`. */
  workload: string;
}

/** The data of `anomaly.scored`. */
export interface AnomalyNote {
  incident: IncidentRef;
  /** Whose score it is: `namespace/kind/name`. */
  workload: string;
  verdict: "NORMAL" | "ANOMALOUS" | "INSUFFICIENT_DATA";
  /** When it was scored, RFC 3339. */
  at: string;
  /** In [0,1], .5 being the threshold; absent where there was too little to judge by. */
  score?: number;
  p?: number;
  /** At most three, the weightiest first; size, and how far from its usual level, in robust standard deviations, above zero is higher. */
  reasons: { metric: string; size: number; level: number; text: string }[];
}

interface DataOf {
  "alerts.received": AlertBatch;
  "anomaly.requested": AnomalyRequest;
  "anomaly.scored": AnomalyNote;
  "incident.due": { incident: IncidentRef };
  "remedy.requested": RemediationNote;
  "remedy.applied": RemediationNote;
  "remedy.failed": RemediationNote;
}

/** The data that an event of this name carries. */
export type EventData<N extends EventName> = N extends keyof DataOf
  ? DataOf[N]
  : N extends "notification.received"
    ? unknown
    : OutboxNote;

/** An event to be posted: what the sender decides; the driver adds `source`, `time` and trace context. */
export interface OutgoingEvent<N extends EventName = EventName> {
  name: N;
  /** The same for each sending of the same fact, so that receivers can tell repeats. */
  id: string;
  /** `namespace/kind/name` of what it is about. */
  subject: string;
  extensions: Readonly<Record<string, string>>;
  data: EventData<N>;
}

/** An event as a handler gets it. */
export interface IncomingEvent {
  id: string;
  type: string;
  source: string;
  subject?: string;
  /** All extension attributes, `traceparent` among them. */
  extensions: Readonly<Record<string, string>>;
  data: unknown;
}
