/**
 * An event is a hint that something happened; the truth is in the cluster.
 * CloudEvents 1.0, carried by the Brokers "alerts" and "healing".
 */
export { type EventKind, type EventName, eventKinds, eventName, eventType, pingType } from "./catalog.ts";
export type {
  AnomalyNote,
  AnomalyRequest,
  EventData,
  IncidentRef,
  IncomingEvent,
  OutboxNote,
  OutgoingEvent,
  RemediationNote,
} from "./event.ts";
export { incidentKey } from "./event.ts";
