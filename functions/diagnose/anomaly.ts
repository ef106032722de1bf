import type { Anomaly } from "@autoheal/lib/diagnosis";
import type { AnomalyNote, OutgoingEvent } from "@autoheal/lib/event";
import { type Incident, type IncidentAnomaly, type IncidentStatus, incidentRef } from "@autoheal/lib/incident";
import { workloadSubject } from "@autoheal/lib/workload";

/** Types of alerts about what anomaly-score measures. */
const measured = new Set(["cpu", "memory", "latency", "errors", "anomaly"]);

/** True when the workload's score would be evidence, and what is known of it is older than `freshSeconds`, or nothing. */
export function wantsScore({ alerts, anomaly }: IncidentStatus, freshSeconds: number, now: Date): boolean {
  const isMeasured = alerts.some(({ type, endsAt }) => measured.has(type) && endsAt === undefined);
  return isMeasured && !isFresh(anomaly?.askedAt, freshSeconds, now);
}

/** The request for a score; the same id for the same incident and moment. */
export function scoreRequest(incident: Incident, now: Date): OutgoingEvent<"anomaly.requested"> | undefined {
  const { workload } = incident.spec;
  return (
    workload && {
      name: "anomaly.requested",
      id: `${incident.metadata.uid}-score-${now.getTime()}`,
      subject: workloadSubject(workload),
      extensions: {},
      data: { incident: incidentRef(incident), workload: workloadSubject(workload) },
    }
  );
}

/**
 * What an answer adds to what the incident knows: nothing where nobody asked lately, or where it is about another workload.
 * One from the future would be fresh for ever: it is of now.
 */
export function withAnswer(
  { spec, status }: Incident,
  { workload, verdict, at, reasons }: AnomalyNote,
  freshSeconds: number,
  now: Date,
): IncidentAnomaly | undefined {
  const before = status?.anomaly;
  const isOurs = spec.workload !== undefined && workloadSubject(spec.workload) === workload;
  if (!isOurs || !isFresh(before?.askedAt, freshSeconds, now)) return before;
  const said = new Date(Math.min(Date.parse(at), now.getTime()));
  return { ...before, verdict, at: said.toISOString(), reasons };
}

/** What anomaly-score says of now; undefined where it has not answered, had too little to judge by, or answered too long ago. */
export function anomalyNow(anomaly: IncidentAnomaly | undefined, freshSeconds: number, now: Date): Anomaly | undefined {
  if (anomaly?.verdict === undefined || anomaly.verdict === "INSUFFICIENT_DATA") return undefined;
  if (!isFresh(anomaly.at, freshSeconds, now)) return undefined;
  return { reasons: anomaly.verdict === "ANOMALOUS" ? (anomaly.reasons ?? []) : [] };
}

function isFresh(at: string | undefined, freshSeconds: number, now: Date): boolean {
  return now.getTime() - Date.parse(at ?? "") < freshSeconds * 1000;
}
