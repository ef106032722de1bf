import type { Judgement, Score } from "@autoheal/lib/anomaly";
import type { AnomalyNote, IncidentRef, OutgoingEvent } from "@autoheal/lib/event";
import { type WorkloadRef, workloadSubject } from "@autoheal/lib/workload";
import { workloadOf } from "./request.ts";

/** What `anomaly.requested` asks: whose score, for which incident. */
export interface Requested {
  incident: IncidentRef;
  workload: WorkloadRef;
}

/** The data of `anomaly.requested`, or why it is none. The Broker is cluster-local, yet anybody in there may post. */
export function requestedOf(data: unknown): Requested | { why: string } {
  const { incident, workload } = (data ?? {}) as { incident?: Partial<IncidentRef>; workload?: unknown }; // reason: each field is tested next
  const { namespace, name, uid } = incident ?? {};
  if (typeof namespace !== "string" || typeof name !== "string" || typeof uid !== "string")
    return { why: "data.incident: expected namespace, name and uid" };
  const asked = typeof workload === "string" ? workloadOf(workload) : undefined;
  if (!asked) return { why: "data.workload: expected namespace/kind/name" };
  return { incident: { namespace, name, uid }, workload: asked };
}

/** The answer: `anomaly.scored`, the same id for the same incident and moment. */
export function scoredEvent(
  { incident, workload }: Requested,
  score: Score,
  now: Date,
): OutgoingEvent<"anomaly.scored"> {
  const judged = isKnown(score) ? score : undefined;
  return {
    name: "anomaly.scored",
    id: `${incident.uid}-scored-${now.getTime()}`,
    subject: workloadSubject(workload),
    extensions: {},
    data: {
      incident,
      workload: workloadSubject(workload),
      verdict: judged?.verdict ?? "INSUFFICIENT_DATA",
      at: now.toISOString(),
      ...(judged ? { score: judged.score, p: judged.p } : {}),
      reasons: reasonsOf(judged),
    },
  };
}

/** Whether it says anything of now: where the last points have no value, that nothing was odd before them is no news. */
function isKnown(score: Score): score is Judgement {
  if (score.verdict === "INSUFFICIENT_DATA") return false;
  return score.verdict === "ANOMALOUS" || !Number.isNaN(score.now.p);
}

function reasonsOf(judged: Judgement | undefined): AnomalyNote["reasons"] {
  return (judged?.reasons ?? []).map(({ metric, size, level, text }) => ({ metric, size, level, text }));
}
