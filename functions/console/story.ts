/** An incident's story: what was seen, found, done and proven, in the order in which it happened. */
import type { Cause } from "@autoheal/lib/cause";
import {
  beganAt,
  healMs,
  type Incident,
  type IncidentAlert,
  type IncidentStatus,
  type Remediation,
} from "@autoheal/lib/incident";
import { causeText, holdTitle, phrase, reasonText } from "@autoheal/lib/notification";
import type { Outcome } from "@autoheal/lib/outcome";
import { headlineOf } from "./headline.ts";
import { changeText, durationText, remediationText } from "./words.ts";

/** One thing seen that speaks for or against a diagnosis. */
export interface Finding {
  text: string;
  source: string;
  at: string;
}

/** One step of a story. */
export interface Step {
  kind: "Alert" | "Diagnosis" | "Action" | "Hold" | "Proof" | "Escalation" | "Outcome";
  /** RFC 3339. */
  at: string;
  title: string;
  lines: string[];
  /** What it means for the workload; never told by colour alone, the title says it too. */
  tone: "trouble" | "work" | "good" | "neutral";
  evidence?: { for: Finding[]; against: Finding[] };
}

/** One incident, as programs get it from `/incidents/<namespace>/<name>` and people read it on the page. */
export interface Story {
  namespace: string;
  name: string;
  uid: string;
  /** `namespace/kind/name` of what is in trouble. */
  subject: string;
  /** One line: what it is about and where it stands. */
  headline: string;
  phase: IncidentStatus["phase"];
  /** The worst severity of its alerts. */
  severity?: string;
  cause?: Cause;
  /** 0 to 1. */
  confidence?: number;
  outcome?: Outcome;
  /** When its first alert began. */
  beganAt: string;
  recoveredAt?: string;
  closedAt?: string;
  /** From the first alert to the proven recovery. */
  timeToHealSeconds?: number;
  steps: Step[];
}

const emptyStatus: IncidentStatus = { phase: "Open", alerts: [], evidence: [], remediations: [], outbox: [] };

/** The story of one incident. */
export function storyOf(incident: Incident): Story {
  const { metadata, spec, status = emptyStatus } = incident;
  const { diagnosis, outcome, recoveredAt, closedAt } = status;
  const severity = worstSeverity(status.alerts);
  const took = healMs(incident);
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    subject: spec.subject,
    headline: headlineOf(incident, status),
    phase: status.phase,
    ...(severity ? { severity } : {}),
    ...(diagnosis ? { cause: diagnosis.cause, confidence: diagnosis.confidence } : {}),
    ...(outcome ? { outcome } : {}),
    beganAt: beganAt(incident),
    ...(recoveredAt ? { recoveredAt } : {}),
    ...(took === undefined ? {} : { timeToHealSeconds: took / 1000 }),
    ...(closedAt ? { closedAt } : {}),
    steps: stepsOf(status, took),
  };
}

function stepsOf(status: IncidentStatus, took: number | undefined): Step[] {
  const steps = [
    ...alertSteps(status),
    ...diagnosisSteps(status),
    ...holdSteps(status),
    ...status.remediations.flatMap(remediationSteps),
    ...escalationSteps(status),
    ...outcomeSteps(status, took),
  ];
  return steps.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** One step for each alert name: hundreds of pods can say the same. It stands where it began; `receivedAt` is its last word. */
function alertSteps({ phase, alerts, alertsDropped = 0 }: IncidentStatus): Step[] {
  const byName = Map.groupBy(alerts, ({ name }) => name);
  return [...byName].map(([name, [first, ...others]], index): Step => {
    const all = first ? [first, ...others] : others;
    const firing = all.filter(({ endsAt }) => !endsAt).length;
    const ends = all.flatMap(({ endsAt }) => endsAt ?? []).sort();
    const times = all.length > 1 ? ` × ${all.length}` : "";
    const severity = worstSeverity(all);
    return {
      kind: "Alert",
      at: all.map(({ startsAt }) => startsAt).sort()[0] ?? "",
      title: `${name}${times}${severity ? ` (${severity})` : ""}`,
      lines: [
        ...(first?.summary ? [first.summary] : []),
        ...(phase === "Closed" && firing > 0 ? [] : [firingText(firing, all.length, ends.at(-1))]),
        ...(index === 0 && alertsDropped > 0 ? [`${alertsDropped} further alerts were counted but not kept.`] : []),
      ],
      tone: firing > 0 && phase !== "Closed" ? "trouble" : "neutral",
    };
  });
}

function firingText(firing: number, all: number, lastEnd: string | undefined): string {
  if (firing === 0) return `Resolved at ${clock(lastEnd)}.`;
  return all > 1 ? `${firing} of ${all} still firing.` : "Still firing.";
}

function diagnosisSteps({ diagnosis }: IncidentStatus): Step[] {
  if (!diagnosis) return [];
  return [
    {
      kind: "Diagnosis",
      at: diagnosis.since ?? diagnosis.at,
      title: `Cause: ${causeText(diagnosis.cause)}`,
      lines: diagnosis.confidence > 0 ? [`${Math.round(diagnosis.confidence * 100)} % sure.`] : [],
      tone: "work",
      evidence: { for: diagnosis.for, against: diagnosis.against },
    },
  ];
}

/** The hold of now has a reason of its own; earlier ones are known from what was told to people. One for which a person is asked is an escalation. */
function holdSteps({ phase, hold, outbox }: IncidentStatus): Step[] {
  const isCall = phase === "Escalated" || outbox.some(({ title }) => hold && title === holdTitle(hold.reason, true));
  const now = hold && !isCall ? { at: hold.since, title: holdTitle(hold.reason, false) } : undefined;
  const isNow = ({ at, title }: { at: string; title: string }) =>
    now?.title === title && Date.parse(at) >= Date.parse(now.at);
  const earlier = outbox.filter((entry) => entry.event === "held" && !isNow(entry));
  const all = [...earlier, ...(hold && now ? [{ ...now, lines: [hold.message] }] : [])];
  return all.map(({ at, title, lines }): Step => ({ kind: "Hold", at, title, lines, tone: "neutral" }));
}

function remediationSteps(remediation: Remediation): Step[] {
  const { requestedAt, appliedAt, healthySince, finishedAt, outcome, state, change } = remediation;
  const name = remediationText(remediation);
  const written = appliedAt
    ? `Written to the cluster ${durationText(millisecondsBetween(requestedAt, appliedAt))} later.`
    : state === "Requested"
      ? "Requested; not yet written to the cluster."
      : "Not written to the cluster.";
  const steps: Step[] = [
    { kind: "Action", at: requestedAt, title: `${name}: ${changeText(change)}`, lines: [written], tone: "work" },
  ];
  if (healthySince) {
    const lines = state === "Applied" ? ["It has to stay so for the policy's stableFor."] : [];
    steps.push({
      kind: "Proof",
      at: healthySince,
      title: state === "Applied" ? "Healthy again, being watched" : "Healthy again",
      lines,
      tone: "good",
    });
  } else if (appliedAt && state === "Applied") {
    steps.push({
      kind: "Proof",
      at: appliedAt,
      title: "Waiting for the workload to be healthy",
      lines: [],
      tone: "work",
    });
  }
  if (state === "Finished") {
    const { message, reason } = remediation;
    steps.push({
      kind: outcome === "Held" ? "Hold" : "Proof",
      at: finishedAt ?? appliedAt ?? requestedAt,
      title: `${name} ${phrase(outcome ?? "finished")}${reason ? `: ${reasonText(reason)}` : ""}`,
      lines: message ? [message] : [],
      tone: outcome === "Succeeded" ? "good" : outcome === "Held" ? "neutral" : "trouble",
    });
  }
  return steps;
}

function escalationSteps({ phase, escalatedAt, hold, outbox }: IncidentStatus): Step[] {
  const asked = outbox.filter(({ event }) => event === "escalated" || event === "proposed");
  const steps = asked.map(({ at, title, lines }): Step => ({ kind: "Escalation", at, title, lines, tone: "trouble" }));
  if (!escalatedAt || asked.some(({ event }) => event === "escalated")) return steps;
  const lines = hold && phase === "Escalated" ? [hold.message] : [];
  return [...steps, { kind: "Escalation", at: escalatedAt, title: "A person is needed", lines, tone: "trouble" }];
}

function outcomeSteps({ recoveredAt, closedAt, outcome }: IncidentStatus, took = 0): Step[] {
  if (recoveredAt) {
    const title = `Recovered after ${durationText(took)}`;
    return [{ kind: "Outcome", at: recoveredAt, title, lines: ["Proven healthy."], tone: "good" }];
  }
  if (!closedAt) return [];
  return [
    {
      kind: "Outcome",
      at: closedAt,
      title: `Closed: ${phrase(outcome ?? "without an outcome")}`,
      lines: [],
      tone: "neutral",
    },
  ];
}

const severities = ["critical", "error", "warning", "info"];

function worstSeverity(alerts: readonly IncidentAlert[]): string | undefined {
  const said = alerts.flatMap(({ severity }) => severity ?? []);
  return severities.find((severity) => said.includes(severity)) ?? said[0];
}

function millisecondsBetween(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}

function clock(at: string | undefined): string {
  return at && !Number.isNaN(Date.parse(at)) ? new Date(at).toISOString().slice(11, 19) : "an unknown time";
}
