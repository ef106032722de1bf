/** One kind of event: which Broker carries it, who posts it and who takes it. */
export interface EventKind {
  readonly broker: "alerts" | "healing";
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** CloudEvents extension attributes that it carries, for Trigger filters: lower-case letters and digits only. */
  readonly extensions: readonly string[];
  readonly meaning: string;
}

const remedies = ["restart", "scale", "rollback"] as const;
const told = (meaning: string): EventKind => ({
  broker: "healing",
  from: ["diagnose"],
  to: ["notify"],
  extensions: ["severity", "outcome"],
  meaning,
});

/** Every event of AutoHeal, keyed by `<noun>.<participle>`: the one list that types, validation, Triggers and docs follow. */
export const eventKinds = {
  "notification.received": {
    broker: "alerts",
    from: ["alertmanager"],
    to: ["receive"],
    extensions: [],
    meaning: "A whole Alertmanager webhook that came through the Broker.",
  },
  "alerts.received": {
    broker: "alerts",
    from: ["receive"],
    to: ["diagnose"],
    extensions: ["alerttype", "severity"],
    meaning: "The alerts of one batch that name one target and have one alert type.",
  },
  "anomaly.requested": {
    broker: "healing",
    from: ["diagnose"],
    to: ["anomaly-score"],
    extensions: [],
    meaning: "The score of one workload is wanted, as evidence.",
  },
  "anomaly.scored": {
    broker: "healing",
    from: ["anomaly-score"],
    to: ["diagnose"],
    extensions: [],
    meaning: "How unlike itself the workload is, and what is odd.",
  },
  "incident.due": {
    broker: "healing",
    from: ["diagnose"],
    to: ["diagnose"],
    extensions: [],
    meaning: "Look at this incident.",
  },
  "remedy.requested": {
    broker: "healing",
    from: ["diagnose"],
    to: remedies,
    extensions: ["remedy"],
    meaning: "Run this remediation of this incident.",
  },
  "remedy.proposed": {
    broker: "healing",
    from: ["diagnose"],
    to: ["notify"],
    extensions: ["severity", "outcome"],
    meaning: "A person has to decide.",
  },
  "remedy.applied": {
    broker: "healing",
    from: remedies,
    to: ["diagnose"],
    extensions: ["remedy"],
    meaning: "The remediation is written to the cluster.",
  },
  "remedy.failed": {
    broker: "healing",
    from: remedies,
    to: ["diagnose"],
    extensions: ["remedy"],
    meaning: "The remediation was not written to the cluster, and why.",
  },
  "incident.opened": told("An incident began."),
  "incident.diagnosed": told("Its cause was found, or changed."),
  "incident.held": told("AutoHeal deliberately does nothing, and why."),
  "incident.escalated": told("A person is needed."),
  "incident.recovered": told("The workload is proven healthy again."),
  "incident.closed": told("The incident ended without a proven recovery."),
} as const satisfies Record<string, EventKind>;

/** The name of an event kind, `<noun>.<participle>`. */
export type EventName = keyof typeof eventKinds;

/** The CloudEvents `type` of an event kind, `dev.autoheal.<noun>.<participle>.v1`. */
export function eventType(name: EventName): string {
  return `dev.autoheal.${name}.v1`;
}

/** The event kind of a CloudEvents `type`, or undefined when it is none of ours. */
export function eventName(type: string): EventName | undefined {
  const name = /^dev\.autoheal\.(.+)\.v1$/.exec(type)?.[1];
  return name !== undefined && Object.hasOwn(eventKinds, name) ? (name as EventName) : undefined; // reason: hasOwn proved it
}

/** The type that Knative's PingSource gives its events; `autohealwake` tells pulse from tick. */
export const pingType = "dev.knative.sources.ping";
