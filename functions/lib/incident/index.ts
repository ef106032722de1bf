/**
 * An incident is one trouble of one workload, from its first alert to its proven recovery.
 * Its status is the record: what was seen, found, done, and told.
 */
export { beganAt, healMs, type Incident, incidentRef, isOpen } from "./incident.ts";
export {
  cutToSize,
  incidentName,
  lastNumber,
  openStatus,
  relevantAlerts,
  statusPatch,
  subjectHash,
  subjectLabel,
  withAlerts,
} from "./record.ts";
export type {
  Change,
  Delivery,
  Health,
  IncidentAlert,
  IncidentAnomaly,
  IncidentHold,
  IncidentSpec,
  IncidentStatus,
  OutboxEntry,
  Remediation,
} from "./schema.ts";
export { incidentSpec, incidentStatus } from "./schema.ts";
export { untold } from "./untold.ts";
