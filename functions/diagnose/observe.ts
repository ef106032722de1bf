import { alertKey, type HeldAlert } from "@autoheal/lib/alert";
import type { ListAlerts, StartedAt } from "@autoheal/lib/drivers/alertmanager";
import {
  type Cluster,
  type ClusterObject,
  isClusterError,
  loadLedger,
  loadPolicy,
  loadWorkload,
} from "@autoheal/lib/drivers/kubernetes";
import type { ReadSignals } from "@autoheal/lib/drivers/prometheus";
import type { IncidentRef } from "@autoheal/lib/event";
import { noSignals, type Signals } from "@autoheal/lib/evidence";
import type { Incident } from "@autoheal/lib/incident";
import type { HealingLedger } from "@autoheal/lib/ledger";
import type { EffectivePolicy } from "@autoheal/lib/policy";
import type { Log } from "@autoheal/lib/runtime";
import type { Workload } from "@autoheal/lib/workload";
import { type Clue, readClues } from "./clues.ts";

/** All that `diagnose` looks at for one incident, read at one time. */
export interface Observed {
  incident: Incident;
  /** Undefined: the alerts lead to no workload, or it is gone. */
  workload: Workload | undefined;
  /** Undefined: Prometheus is configured but can't be asked. */
  signals: Signals | undefined;
  policy: EffectivePolicy;
  ledger: HealingLedger | undefined;
  /** What Alertmanager holds; undefined where it is not configured, can't be asked, or may not have heard of all yet. */
  held: readonly HeldAlert[] | undefined;
  /** Facts for people that no rule reads: events, and the end of a crashed container's log. */
  clues: readonly Clue[];
}

/** Where `diagnose` reads. */
export interface Sources {
  cluster: Cluster;
  signals: ReadSignals | undefined;
  alertmanager: { list: ListAlerts; startedAt: StartedAt; settleSeconds: number } | undefined;
  ownNamespace: string;
  log: Log;
}

/**
 * Reads all of one incident; undefined when it is gone, another one of its name, or not `wanted`: then nothing else was
 * read, so that the many events of a busy time cost little.
 */
export async function observe(
  sources: Sources,
  ref: IncidentRef,
  wanted: (incident: Incident) => boolean,
  now: Date,
): Promise<Observed | undefined> {
  const { cluster } = sources;
  const incident = await cluster.get<ClusterObject & Incident>("incidents", ref.namespace, ref.name);
  if (!incident || incident.metadata.uid !== ref.uid || !wanted(incident)) return undefined;
  const workload = incident.spec.workload && (await loadWorkload(cluster, incident.spec.workload));
  const [signals, ledger, held, policy, clues] = await Promise.all([
    workload ? readSignals(sources, workload, now) : noSignals,
    loadLedger(cluster),
    readHeld(sources, incident, now),
    loadPolicy(cluster, sources.ownNamespace, {
      namespace: incident.metadata.namespace,
      workloadLabels: workload?.labels ?? {},
      alerts: incident.status?.alerts.map(({ labels }) => labels) ?? [],
    }),
    workload ? readForPeople(sources, workload, now) : [],
  ]);
  return { incident, workload, signals, policy, ledger, held, clues };
}

async function readSignals({ signals, log }: Sources, workload: Workload, now: Date): Promise<Signals | undefined> {
  if (!signals) return noSignals;
  try {
    return await signals(workload, now);
  } catch (error) {
    log.warn({ error }, "signals not read");
    return undefined;
  }
}

/**
 * An Alertmanager that has just started holds nothing until Prometheus tells it again (its `resend-delay`): what it does not
 * show by then is not resolved, but unknown.
 */
async function readHeld(
  { alertmanager, log }: Sources,
  { status }: Incident,
  now: Date,
): Promise<readonly HeldAlert[] | undefined> {
  if (!alertmanager) return undefined;
  try {
    const held = await alertmanager.list();
    const keys = new Set(held.map(alertKey));
    const isAllThere = status?.alerts.every((alert) => alert.endsAt !== undefined || keys.has(alertKey(alert))) ?? true;
    if (isAllThere) return held;
    const ageSeconds = (now.getTime() - (await alertmanager.startedAt()).getTime()) / 1000;
    return ageSeconds < alertmanager.settleSeconds ? undefined : held;
  } catch (error) {
    log.warn({ error }, "alerts not read");
    return undefined;
  }
}

/** No rule reads clues, so that nothing waits for them. */
async function readForPeople({ cluster, log }: Sources, workload: Workload, now: Date): Promise<readonly Clue[]> {
  try {
    return await readClues(cluster, workload, now);
  } catch (error) {
    log.warn({ error }, "events and logs not read");
    return [];
  }
}

/** True when the cluster says that what was read has changed since: read and decide again. */
export function changedSince(error: unknown): boolean {
  return isClusterError(error, "Conflict") || isClusterError(error, "AlreadyExists");
}
