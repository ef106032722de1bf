import * as z from "zod/mini";
import { alertTypes, workloadKinds } from "../alert/index.ts";
import { causes } from "../cause/index.ts";
import { outcomes } from "../outcome/index.ts";
import { remedies } from "../remedy/index.ts";

const instant = z.iso.datetime({ offset: true });
const short = z.string().check(z.maxLength(253));
const sentence = z.string().check(z.maxLength(1024));
const labels = z.record(z.string(), z.string().check(z.maxLength(1024)));

const workload = z.object({
  kind: z.enum(workloadKinds),
  namespace: short,
  name: short,
});

const alert = z.object({
  fingerprint: short,
  startsAt: instant,
  /** When it was resolved; absent while it fires. */
  endsAt: z.optional(instant),
  name: short,
  type: z.enum(alertTypes),
  severity: z.optional(short),
  labels,
  summary: z.optional(sentence),
  /** Seen in Alertmanager's own API: `active`, or `suppressed` by a silence or an inhibition; absent when never seen there. */
  seen: z.optional(z.enum(["active", "suppressed"])),
  receivedAt: instant,
});

const finding = z.object({
  /** What was seen, as one sentence with its numbers. */
  text: sentence,
  /** Where it came from: `pods`, `revisions`, `events`, `prometheus`, `alert`, ... */
  source: short,
  /** When it was read. */
  at: instant,
});

const diagnosis = z.object({
  cause: z.enum(causes),
  /** 0 to 1. */
  confidence: z.number().check(z.minimum(0), z.maximum(1)),
  for: z.array(finding),
  against: z.array(finding),
  /** When its evidence was read last. */
  at: instant,
  /** When it was found first. */
  since: z.optional(instant),
  /** True for a cause that evidence made sure of: it stays until another one is. */
  confirmed: z.optional(z.boolean()),
});

/** The one thing that a remediation writes: what, named by uid, and to which absolute value. */
const change = z.discriminatedUnion("what", [
  z.object({ what: z.literal("restartRollout") }),
  z.object({
    what: z.literal("restartPods"),
    pods: z.array(z.object({ name: short, uid: short })).check(z.minLength(1)),
  }),
  z.object({
    what: z.literal("setReplicas"),
    replicas: z.int().check(z.minimum(0)),
    fromReplicas: z.int().check(z.minimum(0)),
  }),
  z.object({
    what: z.literal("setMaxReplicas"),
    hpa: short,
    hpaUid: short,
    maxReplicas: z.int().check(z.minimum(1)),
    fromMaxReplicas: z.int().check(z.minimum(1)),
  }),
  z.object({
    what: z.literal("rollBack"),
    /** The ReplicaSet or ControllerRevision whose template is put back: revisions are renumbered, names are not. */
    toRevision: short,
    toUid: short,
    fromRevision: short,
    fromUid: short,
  }),
]);

const health = z.object({
  readyPods: z.int(),
  errorRatio: z.optional(z.number()),
  p99Seconds: z.optional(z.number()),
});

const remediation = z.object({
  /** `<incident uid>-<attempt>`, or that of the original with `-undo`. */
  id: short,
  remedy: z.enum(remedies),
  /** The cause that it is for. */
  cause: z.optional(z.enum(causes)),
  change,
  /** What was seen when it was decided: if it differs at the time of writing, somebody was faster. */
  seenUid: short,
  seenGeneration: z.int(),
  /** The fingerprint of the pod template that it leaves there: another one in the middle of its proof is somebody else's. */
  template: z.optional(short),
  state: z.enum(["Requested", "Applied", "Finished"]),
  outcome: z.optional(z.enum(outcomes)),
  reason: z.optional(short),
  message: z.optional(sentence),
  /** The workload's health just before, to tell whether the remediation made it worse. */
  before: health,
  requestedAt: instant,
  /** When `remedy.requested` was last posted. */
  postedAt: z.optional(instant),
  appliedAt: z.optional(instant),
  /** Since when the workload has been healthy without a break, after it was applied. */
  healthySince: z.optional(instant),
  finishedAt: z.optional(instant),
});

const outboxEntry = z.object({
  /** Counted up within the incident. */
  id: short,
  event: z.enum(["opened", "diagnosed", "held", "proposed", "escalated", "recovered", "closed"]),
  /** One line for people. */
  title: sentence,
  /** Further lines: evidence, what was done, what a person can do. */
  lines: z.array(sentence),
  at: instant,
});

const delivery = z.object({
  entry: short,
  channel: z.enum(["slack", "email", "event"]),
  /**
   * `Sending` is written before, `Sent` after: what is found `Sending` is looked up at the receiver before it is sent
   * again. `Away`: the receiver was not there, so it has not got it.
   */
  state: z.enum(["Sending", "Away", "Sent", "Refused"]),
  /** What the channel calls it: Slack's `channel/ts`, the email's Message-ID, the Event's name. */
  reference: z.optional(short),
  at: instant,
});

/** Schema of Incident.spec. */
export const incidentSpec = z.object({
  /** What is healed; absent when the alert led to no workload. */
  workload: z.optional(workload),
  /** `namespace/kind/name` of what the alerts point at. */
  subject: short,
  openedAt: instant,
});

const anomaly = z.object({
  /** When anomaly-score was last asked. */
  askedAt: z.optional(instant),
  /** What it said last, and when; absent while it has said nothing. */
  verdict: z.optional(z.enum(["NORMAL", "ANOMALOUS", "INSUFFICIENT_DATA"])),
  at: z.optional(instant),
  /**
   * What is odd, the weightiest first: the metric, its size and how far it is from its usual level in robust standard deviations
   * (above zero is higher than usual), and in words.
   */
  reasons: z.optional(
    z.array(z.object({ metric: short, size: z.number(), level: z.number(), text: sentence })).check(z.maxLength(3)),
  ),
});

const hold = z.object({
  reason: short,
  message: sentence,
  /** Since when it holds for this reason. */
  since: instant,
});

/** Schema of Incident.status; written by `diagnose` alone, except `deliveries`, which is `notify`'s. */
export const incidentStatus = z.object({
  phase: z.enum(["Open", "Remediating", "Proving", "Held", "Escalated", "Closed"]),
  /** The latest 200 alerts of the incident. */
  alerts: z.array(alert).check(z.maxLength(200)),
  /** How many alerts were left out of `alerts`. */
  alertsDropped: z.optional(z.int()),
  evidence: z.array(finding),
  /** The cause on record. */
  diagnosis: z.optional(diagnosis),
  /** What the last pass took for the cause, and since when passes in a row do; absent where it could read nothing. */
  suspect: z.optional(z.object({ cause: z.enum(causes), since: instant })),
  /** How unlike itself the workload is: evidence that may come, or not. */
  anomaly: z.optional(anomaly),
  /** Why nothing is done at the moment, out of the closed list of guardrails and diagnosis. */
  hold: z.optional(hold),
  remediations: z.array(remediation).check(z.maxLength(20)),
  outbox: z.array(outboxEntry).check(z.maxLength(50)),
  deliveries: z.optional(z.array(delivery).check(z.maxLength(200))),
  /** Since when the workload has been healthy without a break, outside a remediation's proof. */
  healthySince: z.optional(instant),
  /** When `diagnose` has to look again; absent once closed. */
  dueAt: z.optional(instant),
  outcome: z.optional(z.enum(outcomes)),
  escalatedAt: z.optional(instant),
  recoveredAt: z.optional(instant),
  closedAt: z.optional(instant),
});

export type IncidentSpec = z.infer<typeof incidentSpec>;
export type IncidentStatus = z.infer<typeof incidentStatus>;
export type IncidentAlert = z.infer<typeof alert>;
export type IncidentHold = z.infer<typeof hold>;
export type IncidentAnomaly = z.infer<typeof anomaly>;
export type Remediation = z.infer<typeof remediation>;
export type Change = z.infer<typeof change>;
export type Health = z.infer<typeof health>;
export type OutboxEntry = z.infer<typeof outboxEntry>;
export type Delivery = z.infer<typeof delivery>;
