import { diagnose, type Seen } from "@autoheal/lib/diagnosis";
import { hold } from "@autoheal/lib/effect";
import type { AnomalyNote } from "@autoheal/lib/event";
import { noSignals, troublesOf } from "@autoheal/lib/evidence";
import { heldBack, type Proposal } from "@autoheal/lib/guardrail";
import {
  cutToSize,
  type Incident,
  type IncidentStatus,
  openStatus,
  type Remediation,
  untold,
} from "@autoheal/lib/incident";
import { releasable, tokensOf } from "@autoheal/lib/ledger";
import { healthOf, notAhead } from "@autoheal/lib/proof";
import { type Treatment, templateAfter, treatmentOf } from "@autoheal/lib/treatment";
import { type Workload, workloadSubject } from "@autoheal/lib/workload";
import { alertsNow } from "./alerts-now.ts";
import { anomalyNow, scoreRequest, wantsScore, withAnswer } from "./anomaly.ts";
import type { Case } from "./case.ts";
import { close, closingOf } from "./close.ts";
import { diagnosed, isConfirmed } from "./diagnosed.ts";
import { followUp, type Refusal, tokensFor, writtenAfterAll } from "./follow-up.ts";
import { held, isPassing } from "./held.ts";
import type { Observed } from "./observe.ts";
import type { Settings } from "./settings.ts";
import { after, noteOf, record, requestOf, type Step, told } from "./step.ts";
import { isUndo, triedFor, whatBecameOf } from "./tried.ts";
import { unfinished, unreadable, withoutWorkload } from "./unseen.ts";
import { actionLine } from "./words.ts";

/** What another function reported: why a request was not carried out, or how unlike itself the workload is. */
export interface Report {
  refusal?: Refusal | undefined;
  scored?: AnomalyNote | undefined;
}

/**
 * Decides the next step of an incident from what was observed and the clock alone. Whatever woke it changes nothing,
 * but for what another function reports.
 */
export function decide(observed: Observed, settings: Settings, now: Date, { refusal, scored }: Report = {}): Step {
  const { incident, workload } = observed;
  const before = incident.status ?? openStatus(now);
  if (before.phase === "Closed") return unsent(withReleases(record(before), observed, now), observed, settings, now);
  const anomaly = scored && withAnswer(incident, scored, settings.anomalyFreshSeconds, now);
  const known = anomaly ? { ...before, anomaly } : before;
  const status = opened({ ...known, ...alertsNow(known, observed.held, now) }, observed, now);
  const step = workload
    ? next({ observed, settings, status, workload, now }, refusal)
    : withoutWorkload(status, observed, settings, now);
  const sized: Step = { ...step, status: cutToSize(step.status) };
  return unsent(withReleases(withNotes(sized, observed), observed, now), observed, settings, now);
}

/** The first message of an incident. */
function opened(status: IncidentStatus, { incident, workload }: Observed, now: Date): IncidentStatus {
  if (status.outbox.length > 0) return status;
  const names = [...new Set(status.alerts.map(({ name }) => name))].join(", ");
  const lines = status.alerts.slice(0, 5).map(({ name, summary }) => `${name}: ${summary ?? "no summary"}`);
  const where = workload ? workloadSubject(workload) : incident.spec.subject;
  return told(status, "opened", `${where}: ${names || "an alert"}`, lines, now);
}

function next(seen: Omit<Case, "troubles" | "signals"> & { workload: Workload }, refusal: Refusal | undefined): Step {
  const { observed, status, workload, settings, now } = seen;
  const running = unfinished(status) ?? writtenAfterAll(status, workload);
  // Whether a request was carried out stands on the workload itself.
  if (!observed.signals && running?.state !== "Requested") return unreadable(status, settings, now);
  const signals = observed.signals ?? noSignals;
  const since = running?.appliedAt ?? status.remediations.findLast(({ appliedAt }) => appliedAt)?.appliedAt;
  const troubles = troublesOf(workload, signals, settings.thresholds, {
    now,
    // Written by a clock that was ahead, it would hide every crash until then.
    ...(since && Date.parse(since) <= now.getTime() ? { since: new Date(since) } : {}),
  });
  const ours: Case = { ...seen, signals, troubles };
  if (running) return followUp(ours, running, refusal);
  const watched = watchedStatus(ours);
  const end = closingOf(observed.incident, watched, observed.policy, now);
  if (end) return close(observed.incident, watched, end, now);
  return askingForScore(treat({ ...ours, status: watched }), observed.incident, settings, now);
}

/** The step, and with it the request for the workload's score where that would be evidence: the next pass may have it. Who acts already needs none. */
function askingForScore(step: Step, incident: Incident, settings: Settings, now: Date): Step {
  if (step.status.phase === "Remediating" || !wantsScore(step.status, settings.anomalyFreshSeconds, now)) return step;
  const request = scoreRequest(incident, now);
  if (!request) return step;
  const anomaly = { ...step.status.anomaly, askedAt: now.toISOString() };
  return { ...step, status: { ...step.status, anomaly }, post: [...step.post, request] };
}

/** Since when the workload has been healthy without a break. */
function watchedStatus({ status, troubles, workload, now }: Case): IncidentStatus {
  const { healthySince, ...rest } = status;
  if (troubles.length > 0 || workload.rollout === "Progressing") return rest;
  return { ...rest, healthySince: notAhead(healthySince, now) };
}

/** Diagnoses, and acts or holds. */
function treat(ours: Case): Step {
  const { observed, settings, workload, signals, now } = ours;
  const anomaly = anomalyNow(ours.status.anomaly, settings.anomalyFreshSeconds, now);
  const seen: Seen = {
    workload,
    signals,
    troubles: ours.troubles,
    thresholds: settings.thresholds,
    now,
    ...(anomaly ? { anomaly } : {}),
    ...crashingSince(ours.status),
  };
  const diagnosis = diagnose(seen);
  const confirmed = isConfirmed(diagnosis, ours.status.suspect, settings, now);
  const status = diagnosed(ours, diagnosis, confirmed);
  const undone = status.remediations.some(({ outcome }) => outcome === "Undone");
  if (undone) return held(status, settings, hold("LadderExhausted", whatBecameOf(status.remediations)), now);
  const treatment = treatmentOf(diagnosis, seen, observed.policy, triedFor(diagnosis.cause, status, ours));
  const isNews = !("verdict" in treatment) || !isPassing(treatment.reason);
  if (isNews && !confirmed) {
    return held(status, settings, hold("Confirming", "signals alone say so: they have to say it twice"), now);
  }
  if ("verdict" in treatment) return held(status, settings, treatment, now);
  return propose(ours, status, treatment);
}

/** Since when alerts of this incident, resolved ones too, tell of crashes or of memory. */
function crashingSince({ alerts }: IncidentStatus): Pick<Seen, "crashingSince"> {
  const told = alerts.filter(({ type }) => type === "crash" || type === "memory");
  if (told.length === 0) return {};
  return { crashingSince: new Date(Math.min(...told.map(({ startsAt }) => Date.parse(startsAt)))) };
}

/** So often may action functions refuse what was decided before a person has to look. */
const mostRefusals = 5;

/** Asks the guardrails, and requests the remediation if all let it pass. */
function propose(ours: Case, status: IncidentStatus, treatment: Treatment): Step {
  const { observed, settings, workload, signals, now } = ours;
  const { incident } = observed;
  const attempt = status.remediations.filter((one) => !isUndo(one)).length + 1;
  const id = `${incident.metadata.uid}-${attempt}`;
  const proposal: Proposal = { id, ...treatment, undo: false };
  const back = heldBack({
    proposal,
    workload,
    policy: observed.policy,
    alerts: status.alerts,
    tokens: tokensOf(observed.ledger),
    pauses: observed.ledger?.spec?.pauses ?? [],
    protectedNamespaces: settings.protectedNamespaces,
    confirmAlerts: settings.confirmAlerts,
    now,
  });
  if (back) return held(status, settings, back, now, treatment);
  const refused = status.remediations.filter(({ outcome }) => outcome === "Held");
  if (refused.length >= mostRefusals) {
    const { reason, message } = refused.at(-1) ?? {};
    const why = hold("LadderExhausted", `${refused.length} attempts were refused, the last: ${message ?? reason}`);
    return held(status, settings, why, now, treatment);
  }
  const remediation: Remediation = {
    id,
    ...treatment,
    ...(status.diagnosis ? { cause: status.diagnosis.cause } : {}),
    seenUid: workload.uid,
    seenGeneration: workload.generation,
    template: templateAfter(treatment.change, workload),
    state: "Requested",
    before: healthOf(workload, signals),
    requestedAt: now.toISOString(),
    postedAt: now.toISOString(),
  };
  const { hold: _, suspect: __, ...unheld } = withDeed(status, treatment, now);
  return {
    reserve: tokensFor(remediation, workload, remediation.requestedAt),
    release: [],
    status: {
      ...unheld,
      phase: "Remediating",
      remediations: [...status.remediations, remediation],
      dueAt: after(now, settings.reviewSeconds),
    },
    post: [requestOf(incident, remediation)],
  };
}

/** The message about the diagnosis, if it is of this very pass, also says what is done. */
function withDeed(status: IncidentStatus, treatment: Treatment, now: Date): IncidentStatus {
  const last = status.outbox.at(-1);
  if (last?.event !== "diagnosed" || last.at !== now.toISOString()) return status;
  const lines = [...last.lines, `Done about it: ${actionLine(treatment)}.`.slice(0, 1024)];
  return { ...status, outbox: [...status.outbox.slice(0, -1), { ...last, lines }] };
}

/** Events for the messages that this step added. */
function withNotes(step: Step, { incident }: Observed): Step {
  const before = new Set(incident.status?.outbox.map(({ id }) => id));
  const fresh = step.status.outbox.filter(({ id }) => !before.has(id));
  return { ...step, post: [...step.post, ...fresh.map((entry) => noteOf(incident, step.status, entry))] };
}

/** Gives tokens back that nothing stands behind, and those of remediations that were refused. */
function withReleases(step: Step, { incident, ledger }: Observed, now: Date): Step {
  const { workload } = incident.spec;
  const own = tokensOf(ledger).filter(({ id }) => id.startsWith(`${incident.metadata.uid}-`));
  const { remediations } = step.status;
  const refused = remediations.filter(({ outcome }) => outcome === "Held").flatMap(({ id }) => [id, `${id}-undo`]);
  const orphans = workload
    ? releasable(
        own,
        workloadSubject(workload),
        remediations.map(({ id }) => id),
        now,
      )
    : [];
  const reserved = new Set(step.reserve.map(({ id }) => id));
  const release = own
    .map(({ id }) => id)
    .filter((id) => (refused.includes(id) || orphans.includes(id)) && !reserved.has(id));
  return { ...step, release: [...step.release, ...release] };
}

/** Posts once more what `notify` has not sent for a while: its event may have been lost. */
function unsent(step: Step, { incident }: Observed, settings: Settings, now: Date): Step {
  const left = incident.status ? untold(incident.status) : [];
  const late = left.findLast(({ at }) => now.getTime() - Date.parse(at) > settings.resendSeconds * 1000);
  return late ? { ...step, post: [...step.post, noteOf(incident, step.status, late)] } : step;
}
