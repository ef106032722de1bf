import type { OutgoingEvent, RemediationNote } from "../event/index.ts";
import type { Incident } from "../incident/index.ts";
import type { Remedy } from "../remedy/index.ts";
import type { ActionDecision } from "./decide.ts";
import type { ActionReason } from "./reasons.ts";

/** Reasons that are told to nobody but the log: nobody waits for an answer. */
const silent: ReadonlySet<ActionReason> = new Set(["NotReserved", "AlreadyFinished"]);

/** The event that tells what came of a request; the same id each time that the same comes of it. */
export function reportOf(
  remedy: Remedy,
  { incident: { namespace, name, uid }, remediation }: RemediationNote,
  incident: Incident | undefined,
  decision: ActionDecision,
): OutgoingEvent<"remedy.applied" | "remedy.failed"> | undefined {
  const data = { incident: { namespace, name, uid }, remediation };
  const common = { subject: incident?.spec.subject ?? "", extensions: { remedy } };
  if (decision.verdict === "act") return { name: "remedy.applied", id: `${remediation}-applied`, ...common, data };
  const { reason, message } = decision;
  if (silent.has(reason)) return undefined;
  return {
    name: "remedy.failed",
    id: `${remediation}-failed-${reason}`,
    ...common,
    data: { ...data, reason, message },
  };
}
