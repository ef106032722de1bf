import { type Cluster, ClusterError, type ClusterObject } from "@autoheal/lib/drivers/kubernetes";
import { defaultThresholds } from "@autoheal/lib/evidence";
import type { Incident, IncidentStatus, Remediation } from "@autoheal/lib/incident";
import { incidentStatus, subjectLabel } from "@autoheal/lib/incident";
import type { HealingLedger, Pause, Token } from "@autoheal/lib/ledger";
import { defaultPolicy } from "@autoheal/lib/policy";
import { anAlert, anIncident, aRemediation, aWorkload, now, secondsAgo, theSignals } from "@autoheal/lib/testing";
import type { Container, Pod } from "@autoheal/lib/workload";
import { expect } from "vitest";
import { decide } from "./decide.ts";
import type { Refusal } from "./follow-up.ts";
import type { Observed } from "./observe.ts";
import type { Settings } from "./settings.ts";
import type { Step } from "./step.ts";

/** The settings that the README says. */
export const settings: Settings = {
  ownNamespace: "autoheal",
  protectedNamespaces: ["kube-system", "autoheal"],
  confirmAlerts: true,
  thresholds: defaultThresholds,
  rateWindowSeconds: 120,
  reviewSeconds: 10,
  resendSeconds: 30,
  relapseSeconds: 86_400,
  anomalyFreshSeconds: 300,
};

/** What Alertmanager holds: the calm incident's alert, active or suppressed. */
export function heldAlerts(state: "active" | "suppressed" = "active"): NonNullable<Observed["held"]> {
  const { labels, startsAt, fingerprint } = anAlert();
  const endsAt = "2026-01-01T12:03:00Z";
  return [{ status: "firing", state, labels, annotations: {}, startsAt, endsAt, fingerprint }];
}

/** The ledger with these tokens and pauses. */
export function aLedger(tokens: Token[] = [], pauses: Pause[] = []): HealingLedger {
  return {
    metadata: { name: "default", uid: "l", resourceVersion: "1", creationTimestamp: secondsAgo(9999) },
    spec: { pauses },
    status: { tokens },
  };
}

const [a, b, c] = aWorkload().pods as [Pod, Pod, Pod]; // reason: the calm workload has three
const container = a.containers[0] as Container; // reason: of one container each

/** The pods of shop/web, of which web-2-a hangs: it runs for an hour and has not been ready for ten minutes. */
export function hangingPods(): Pod[] {
  const running = { ...container, ready: false, runningSince: secondsAgo(3600) };
  return [{ ...a, ready: false, readySince: secondsAgo(600), containers: [running] }, b, c];
}

/** What stands in the outbox once people know of the incident. */
export const openedEntry = {
  id: "1",
  event: "opened" as const,
  title: "shop/Deployment/web: ServiceErrorRateHigh",
  lines: ["ServiceErrorRateHigh: no summary"],
  at: secondsAgo(20),
};

/** An open incident of shop/web, told, and its score asked for, twenty seconds ago; its alert is active; mode Auto; web-2-a hangs. */
export function seen(status: Partial<IncidentStatus> = {}, parts: Partial<Observed> = {}): Observed {
  const incident = anIncident(aRemediation(), {
    phase: "Open",
    remediations: [],
    outbox: [openedEntry],
    deliveries: [{ entry: "1", channel: "event", state: "Sent", at: secondsAgo(20) }],
    dueAt: secondsAgo(0),
    anomaly: { askedAt: secondsAgo(20) },
    ...status,
  });
  return {
    incident,
    workload: aWorkload({ pods: hangingPods() }),
    signals: theSignals(),
    policy: defaultPolicy,
    ledger: undefined,
    held: heldAlerts(),
    clues: [],
    ...parts,
  };
}

/** Decides, and asserts what holds for every step there is. */
export function decided(observed: Observed, refusal?: Refusal, at = now, set = settings): Step {
  const step = decide(observed, set, at, { refusal });
  const { status } = step;
  expect(incidentStatus.safeParse(status).error?.issues).toBeUndefined();
  expect(status.dueAt === undefined).toBe(status.phase === "Closed");
  if (status.dueAt) expect(Date.parse(status.dueAt)).toBeGreaterThan(at.getTime());
  expect(status.remediations.filter(({ state }) => state !== "Finished").length).toBeLessThanOrEqual(1);
  const before = observed.incident.status?.remediations ?? [];
  expect(status.remediations.slice(0, before.length).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  expect(new Set(status.remediations.map(({ id }) => id)).size).toBe(status.remediations.length);
  return step;
}

/** A step as an SRE would tell it; what is not there is left out. */
export interface Told {
  phase: IncidentStatus["phase"];
  hold?: string;
  outcome?: string;
  remediations?: string[];
  /** Messages that it adds. */
  says?: string[];
  posts?: string[];
  reserves?: string[];
  releases?: string[];
  /** In how many seconds it is looked at again. */
  due?: number;
}

/** What a step does, in words. */
export function toldOf(observed: Observed, step: Step, at = now): Told {
  const { phase, hold, outcome, remediations, outbox, dueAt } = step.status;
  const before = new Set(observed.incident.status?.outbox.map(({ id }) => id));
  const words = {
    hold: hold?.reason,
    outcome,
    remediations: some(remediations.map(inWords)),
    says: some(outbox.filter(({ id }) => !before.has(id)).map(({ event, title }) => `${event}: ${title}`)),
    posts: some(step.post.map(({ name }) => name)),
    reserves: some(step.reserve.map(({ id }) => id)),
    releases: some(step.release),
    due: dueAt && (Date.parse(dueAt) - at.getTime()) / 1000,
  };
  const there = Object.entries(words).filter(([, value]) => value !== undefined);
  return { phase, ...Object.fromEntries(there) };
}

function some<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}

function inWords({ id, remedy, state, outcome, reason }: Remediation): string {
  return [id.replace(/^[^-]*-/, ""), remedy, state, outcome, reason].filter(Boolean).join(" ");
}

/** An Incident as the API server has it. */
export type Stored = ClusterObject & Incident;

/** A cluster of these incidents, whose namespaces hold Deployments of any name. Those of `broken` take no incident. */
export function clusterOf(incidents: Stored[], broken = ""): Cluster {
  const known: Partial<Cluster> = {
    // reason: each answers as the API server does to what the tick asks it
    get: (async (resource, namespace, name) =>
      resource === "deployments" || resource === "pingsources"
        ? { metadata: { name, namespace } }
        : undefined) as Cluster["get"],
    list: (async (_resource, { namespace, labelSelector } = {}) =>
      incidents.filter(
        ({ metadata }) =>
          (!namespace || metadata.namespace === namespace) &&
          (!labelSelector || labelSelector === `${subjectLabel}=${metadata.labels?.[subjectLabel]}`),
      )) as Cluster["list"],
    create: (async (_resource, namespace, object) => {
      if (namespace === broken) throw new ClusterError("Forbidden", "the namespace is being terminated");
      const { metadata, ...rest } = object as Stored;
      const made = { ...rest, metadata: { ...metadata, uid: metadata.name, resourceVersion: "1" } };
      incidents.push(made);
      return made;
    }) as Cluster["create"],
    patch: (async (_resource, namespace, name, { status }: { status: IncidentStatus }) => {
      const at = incidents.findIndex(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
      const patched = { ...incidents[at], status } as Stored;
      incidents[at] = patched;
      return patched;
    }) as Cluster["patch"],
  };
  return known as Cluster;
}
