import type { Cause } from "@autoheal/lib/cause";
import type { IncidentStatus, Remediation } from "@autoheal/lib/incident";
import { tokensOf } from "@autoheal/lib/ledger";
import { relapses } from "@autoheal/lib/treatment";
import type { Workload } from "@autoheal/lib/workload";
import type { Case } from "./case.ts";

/** How many remedies were tried and did not help: in this incident, or in earlier ones of a cause that came back. */
export function triedFor(
  cause: Cause,
  { remediations }: IncidentStatus,
  { observed, workload, settings, now }: Case,
): number {
  const here = remediations.filter(
    (one) => !isUndo(one) && one.outcome !== "Held" && !isOfAnother(one, workload),
  ).length;
  const others = tokensOf(observed.ledger).filter(({ id }) => !id.startsWith(`${observed.incident.metadata.uid}-`));
  return here + relapses(cause, workload, others, { relapseSeconds: settings.relapseSeconds, now });
}

/** True for what was done to a template that somebody has replaced since. What was rolled back and brought again is not fought over. */
function isOfAnother({ remedy, reason, template }: Remediation, workload: Workload): boolean {
  return remedy !== "rollback" && reason === "ChangedMeanwhile" && template !== workload.template;
}

/** What became of a remedy that made it worse: people have to know whether it is still there. */
export function whatBecameOf(remediations: readonly Remediation[]): string {
  const worse = "the remedy made it worse, and";
  const undo = remediations.findLast(isUndo);
  if (!undo) return `${worse} was not taken back`;
  if (undo.appliedAt) return `${worse} was taken back`;
  return `${worse} is still there: taking it back was not carried out: ${undo.reason}: ${undo.message}`;
}

/** True for a remediation that takes another one back. */
export function isUndo({ id }: Pick<Remediation, "id">): boolean {
  return id.endsWith("-undo");
}
