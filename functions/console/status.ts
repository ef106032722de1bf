/** The live status: how each workload stands and what is being done about it, from what the cluster holds. */
import type { Incident } from "@autoheal/lib/incident";
import { isOpen } from "@autoheal/lib/incident";
import type { Pause } from "@autoheal/lib/ledger";
import { effectivePolicy, type HealingPolicy, type Mode, modeLabel } from "@autoheal/lib/policy";
import { type Workload, type WorkloadRef, workloadSubject } from "@autoheal/lib/workload";
import { type Story, storyOf } from "./story.ts";
import { type State, states } from "./words.ts";

/** What the console has read. */
export interface Seen {
  /** The namespace that AutoHeal itself runs in: its policy `default` is the cluster's. */
  ownNamespace: string;
  namespaces: readonly { name: string; labels: Readonly<Record<string, string>> }[];
  workloads: readonly Workload[];
  incidents: readonly Incident[];
  policies: readonly HealingPolicy[];
  pauses: readonly Pause[];
}

/** The status, as programs get it from `/`. */
export interface Status {
  /** When it was put together, RFC 3339. */
  at: string;
  overall: { state: State; text: string; workloads: Record<State, number> };
  /** Each namespace that has opted in, with the mode that its label and the cluster's policy give it. */
  namespaces: { name: string; mode: Mode }[];
  pauses: Pause[];
  /** The worst first, then by namespace and name. */
  workloads: WorkloadStatus[];
  /** Open incidents whose alerts led to no workload. */
  unknownTargets: Story[];
}

/** One workload. */
export interface WorkloadStatus extends WorkloadRef {
  state: State;
  mode: Mode;
  /** Absent when the workload is gone but its incident is still open. */
  replicas?: { ready: number; desired: number };
  /** Open incidents, the latest first. */
  incidents: Story[];
  /** The last few that closed within a day, the latest first. */
  closed: Story[];
}

/** How long a closed incident stays on the status, in milliseconds, and how many of one workload. */
const closedFor = 86_400_000;
const closedAtMost = 5;

/** The status of what was seen. */
export function statusOf(seen: Seen, now: Date): Status {
  const labelled = new Map(
    seen.namespaces.filter(({ labels }) => labels[modeLabel] !== undefined).map((n) => [n.name, n]),
  );
  const withIncident = new Map(
    seen.incidents.flatMap((incident) => {
      const { workload } = incident.spec;
      return workload && isOpen(incident) ? [[workloadSubject(workload), workload] as const] : [];
    }),
  );
  const present = new Map(seen.workloads.map((workload) => [workloadSubject(workload), workload]));
  const shown = [
    ...seen.workloads.filter((one) => labelled.has(one.namespace) || withIncident.has(workloadSubject(one))),
    ...[...withIncident].filter(([subject]) => !present.has(subject)).map(([, ref]) => ref),
  ];
  const incidents = Map.groupBy(seen.incidents, ({ spec }) => spec.workload && workloadSubject(spec.workload));
  const workloads = shown
    .map((ref) => {
      const subject = workloadSubject(ref);
      return workloadStatus(seen, ref, present.get(subject), incidents.get(subject) ?? [], now);
    })
    .sort(worstFirst);
  const counts = Object.fromEntries(
    states.map((state) => [state, workloads.filter((one) => one.state === state).length]),
  ) as Record<State, number>; // reason: one entry for each state
  const unknownTargets = stories(seen.incidents.filter((one) => !one.spec.workload && isOpen(one)));
  return {
    at: now.toISOString(),
    overall: overallOf(counts, workloads.length, unknownTargets.length),
    namespaces: [...labelled.values()]
      .map(({ name }) => ({ name, mode: modeOf(seen, name, {}, []) }))
      .sort((a, b) => compare(a.name, b.name)),
    pauses: seen.pauses.filter(({ until }) => !until || Date.parse(until) > now.getTime()),
    workloads,
    unknownTargets,
  };
}

function workloadStatus(
  seen: Seen,
  ref: WorkloadRef,
  workload: Workload | undefined,
  mine: readonly Incident[],
  now: Date,
): WorkloadStatus {
  const { kind, namespace, name } = ref;
  const open = mine.filter(isOpen);
  const closed = mine.filter((incident) => !isOpen(incident) && now.getTime() - endOf(incident) < closedFor);
  const alerts = open.flatMap(({ status }) => status?.alerts.map(({ labels }) => labels) ?? []);
  return {
    kind,
    namespace,
    name,
    state: stateOf(open, workload),
    mode: modeOf(seen, namespace, workload?.labels ?? {}, alerts),
    ...(workload ? { replicas: { ready: workload.readyReplicas, desired: workload.replicas } } : {}),
    incidents: stories(open),
    closed: stories(closed).slice(0, closedAtMost),
  };
}

/** The worst of its incidents; without any, whether all of it is ready. */
function stateOf(open: readonly Incident[], workload: Workload | undefined): State {
  const told = open.map(incidentState);
  const worst = states.findLast((state) => told.includes(state));
  if (worst) return worst;
  return workload && workload.readyReplicas >= workload.replicas ? "Healthy" : "Degraded";
}

function incidentState({ status }: Incident): State {
  switch (status?.phase) {
    case "Escalated":
      return "NeedsPerson";
    case "Remediating":
    case "Proving":
      return "Healing";
    case "Held":
      // A remedy that was proposed and is held waits for somebody's decision.
      return status.outbox.at(-1)?.event === "proposed" ? "NeedsPerson" : "Held";
    default:
      return "Degraded";
  }
}

function modeOf(
  { namespaces, policies, ownNamespace }: Seen,
  namespace: string,
  workloadLabels: Readonly<Record<string, string>>,
  alerts: readonly Readonly<Record<string, string>>[],
): Mode {
  const isDefault = ({ metadata }: HealingPolicy) => metadata.namespace === ownNamespace && metadata.name === "default";
  const namespaceLabels = namespaces.find(({ name }) => name === namespace)?.labels ?? {};
  const local = policies.filter((policy) => policy.metadata.namespace === namespace && !isDefault(policy));
  return effectivePolicy(policies.find(isDefault)?.spec, local, { namespaceLabels, workloadLabels, alerts }).mode;
}

function overallOf(counts: Record<State, number>, total: number, unknownTargets: number): Status["overall"] {
  const worst = states.findLast((state) => counts[state] > 0) ?? "Healthy";
  const state = worst === "Healthy" && unknownTargets > 0 ? "Held" : worst;
  return { state, text: overallText(state, counts, total, unknownTargets), workloads: counts };
}

function overallText(state: State, counts: Record<State, number>, total: number, unknownTargets: number): string {
  const of = (count: number) => `${count} of ${total} ${total === 1 ? "workload" : "workloads"}`;
  const verb = (one: string, many: string) => (counts[state] === 1 ? one : many);
  if (total === 0 && unknownTargets === 0) return "No workload is watched";
  switch (state) {
    case "Healthy":
      return total === 1 ? "The one workload is healthy" : `All ${total} workloads are healthy`;
    case "Degraded":
      return `${of(counts.Degraded)} ${verb("is", "are")} degraded`;
    case "Healing":
      return `Healing ${of(counts.Healing)}`;
    case "Held":
      return counts.Held > 0
        ? `${of(counts.Held)} ${verb("is", "are")} held`
        : `${unknownTargets} ${unknownTargets === 1 ? "alert leads" : "alerts lead"} to no workload`;
    case "NeedsPerson":
      return `${of(counts.NeedsPerson)} ${verb("needs", "need")} a person`;
  }
}

function stories(incidents: readonly Incident[]): Story[] {
  const opened = ({ spec }: Incident) => Date.parse(spec.openedAt);
  return [...incidents].sort((a, b) => opened(b) - opened(a) || compare(a.metadata.name, b.metadata.name)).map(storyOf);
}

function endOf({ spec, status }: Incident): number {
  return Date.parse(status?.closedAt ?? status?.recoveredAt ?? spec.openedAt);
}

function worstFirst(a: WorkloadStatus, b: WorkloadStatus): number {
  const rank = ({ state }: WorkloadStatus) => states.indexOf(state);
  return rank(b) - rank(a) || compare(a.namespace, b.namespace) || compare(a.name, b.name) || compare(a.kind, b.kind);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
