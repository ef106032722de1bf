import { act, type Decision, type Hold, hold } from "../effect/index.ts";
import type { RemediationNote } from "../event/index.ts";
import { heldBack } from "../guardrail/index.ts";
import { type Incident, isOpen, type Remediation } from "../incident/index.ts";
import { type HealingLedger, type Token, tokensOf } from "../ledger/index.ts";
import type { EffectivePolicy } from "../policy/index.ts";
import type { Remedy } from "../remedy/index.ts";
import { readWorkload, type WorkloadObjects, type WorkloadRef, workloadSubject } from "../workload/index.ts";
import type { ActionEffect } from "./effect.ts";
import type { Plan } from "./plan.ts";
import type { ActionReason } from "./reasons.ts";

/** All that was read for one request, just before it is decided. */
export interface Seen {
  /** Undefined: there is none of that name. */
  incident: Incident | undefined;
  ledger: HealingLedger | undefined;
  /** Undefined: the workload is gone. */
  objects: WorkloadObjects | undefined;
  policy: EffectivePolicy;
  now: Date;
}

/** What an action function was configured with. */
export interface ActionSettings {
  protectedNamespaces: readonly string[];
  /** True where Alertmanager's API is configured: only alerts that were seen there count. */
  confirmAlerts: boolean;
}

/** A request, and whose it is. */
export interface Request {
  remedy: Remedy;
  plan: Plan;
  note: RemediationNote;
  settings: ActionSettings;
}

/** To write, in this order; or why not. To act without effects is to be done already. */
export type ActionDecision = Decision<ActionEffect, ActionReason>;

/**
 * Decides what a request to remedy writes. The event only says where to look: what stands in the incident and in the
 * ledger counts, and only for the workload as it was seen when that was written.
 */
export function decideAction({ remedy, plan, note, settings }: Request, seen: Seen): ActionDecision {
  const reserved = reservationOf(remedy, note, seen);
  if ("verdict" in reserved) return reserved;
  const { entry, incident, token } = reserved;
  if (entry.state === "Finished") return hold("AlreadyFinished", "it was finished before");
  if (entry.state === "Applied") return act("AlreadyApplied");
  if (!token) return hold("NotReserved", "no token of the ledger stands behind it");
  if (!seen.objects) return hold("TargetGone", `there is no ${incident.spec.subject} any more`);
  const workload = readWorkload(seen.objects);
  if (workload.uid !== entry.seenUid) return hold("ChangedMeanwhile", "it was deleted and made anew since");
  if (workload.mark === entry.id) return act("AlreadyApplied");
  const planned = plan({ entry, workload, objects: seen.objects });
  if ("there" in planned && planned.there) return act("AlreadyThere", ...planned.effects);
  if (workload.generation !== entry.seenGeneration) {
    const message = `its generation is ${workload.generation}, not ${entry.seenGeneration} as when it was decided`;
    return hold("ChangedMeanwhile", message);
  }
  const held = heldBack({
    proposal: { id: entry.id, remedy, change: entry.change, undo: token.undo === true },
    workload,
    policy: seen.policy,
    alerts: incident.status?.alerts ?? [],
    tokens: tokensOf(seen.ledger),
    pauses: seen.ledger?.spec?.pauses ?? [],
    ...settings,
    now: seen.now,
  });
  if (held) return held;
  return "verdict" in planned ? planned : act("Requested", ...planned.effects);
}

interface Reservation {
  incident: Incident;
  entry: Remediation;
  token: Token | undefined;
}

/** The entry of the incident's own list, and its token. */
function reservationOf(
  remedy: Remedy,
  note: RemediationNote,
  { incident, ledger }: Seen,
): Reservation | Hold<"NotReserved"> {
  if (!incident || incident.metadata.uid !== note.incident.uid) return hold("NotReserved", "there is no such incident");
  const workload = incident.spec.workload;
  const entry = incident.status?.remediations.find(({ id }) => id === note.remediation);
  if (!isOpen(incident) || !entry || !workload || workload.namespace !== incident.metadata.namespace) {
    return hold("NotReserved", "the incident requests no such remediation");
  }
  if (entry.remedy !== remedy) return hold("NotReserved", `the incident requests it as ${entry.remedy}`);
  return { incident, entry, token: tokenOf(entry, workload, ledger) };
}

function tokenOf(entry: Remediation, workload: WorkloadRef, ledger: HealingLedger | undefined): Token | undefined {
  const subject = workloadSubject(workload);
  return tokensOf(ledger).find(
    (token) => token.id === entry.id && token.workload === subject && token.remedy === entry.remedy,
  );
}
