import { aboveSince, firstAbove, highest, latest, levelBetween, ofLive, percent } from "../evidence/index.ts";
import {
  currentRevision,
  earlierRevisions,
  livePods,
  type Revision,
  rolledOutAt,
  type Workload,
} from "../workload/index.ts";
import type { Diagnosis, Finding, Seen } from "./diagnosis.ts";
import { sure, troubleOf } from "./diagnosis.ts";

/**
 * The revision to go back to: the latest one with another template that is known to have had a ready pod. Unknown is
 * not good enough; a revision that never got ready is passed over.
 */
export function lastHealthyRevision(
  workload: Workload,
  readyByRevision: Readonly<Record<string, number>>,
): Revision | undefined {
  return earlierRevisions(workload).find((revision) => wasReady(revision, readyByRevision));
}

function wasReady({ name, readyPods }: Revision, readyByRevision: Readonly<Record<string, number>>): boolean {
  return readyPods > 0 || (readyByRevision[name] ?? 0) > 0;
}

/**
 * Crash loop from the pod template: the new revision never got ready, an older one was fine. Restarts of the same template
 * are the same revision: what ran before a restart can't be why the restart does not.
 */
export function badTemplate(seen: Seen): Diagnosis | undefined {
  const { workload, signals } = seen;
  const current = currentRevision(workload);
  const good = lastHealthyRevision(workload, signals.readyByRevision);
  if (workload.rollout !== "Stuck" || !current || !good) return undefined;
  // Pods that no node has room for, or that a quota forbids, say nothing of the template: it was never tried.
  const tried = livePods(workload).some(({ revision, unschedulable }) => revision === current.name && !unschedulable);
  if (!tried) return undefined;
  const same = workload.revisions.filter(({ fingerprint }) => fingerprint === current.fingerprint);
  // What keeps the pods of the old template from being ready too is none of the new one's doing.
  const old = livePods(workload).filter(({ revision }) => !same.some(({ name }) => name === revision));
  if (old.length > 0 && !old.some(({ ready }) => ready)) return undefined;
  if (same.some((revision) => wasReady(revision, signals.readyByRevision))) return undefined;
  return {
    cause: "BadTemplate",
    confidence: sure,
    for: [
      { text: `revision ${current.number} never had a ready pod`, source: "revisions" },
      { text: `revision ${good.number} was ready, with another pod template`, source: "revisions" },
      ...troubleOf(seen, "CannotStart", "Crashing", "OutOfMemory", "RolloutStuck"),
    ],
    against: [],
  };
}

/**
 * A symptom that began with a revision: it steps up at the rollout, and the revision before was ready and fine.
 * Restarts of the same template are the same revision.
 */
export function badRevision(seen: Seen): Diagnosis | undefined {
  const { workload, signals } = seen;
  const current = currentRevision(workload);
  const good = lastHealthyRevision(workload, signals.readyByRevision);
  if (!current || !good || wasPutBack(workload) || !isRun(current, workload)) return undefined;
  const rollout = Date.parse(rolledOutAt(workload)) / 1000;
  const symptoms = symptomsOf(seen, rollout).filter(({ onset }) => withRollout(onset, rollout, seen));
  if (symptoms.length === 0) return undefined;
  return {
    cause: "BadRevision",
    confidence: sure,
    for: [
      ...symptoms.map(({ onset, text, source }) => ({
        text: `${text}, since ${Math.max(0, Math.round(onset - rollout))} s after revision ${current.number} was rolled out`,
        source,
      })),
      { text: `revision ${good.number} was ready and without this symptom`, source: "revisions" },
    ],
    against: [],
  };
}

/**
 * An earlier template was put back, in its old ReplicaSet: nothing says when, and the symptom may have come with what it
 * replaced. To roll that back would bring the bad revision again.
 */
function wasPutBack(workload: Workload): boolean {
  const at = rolledOutAt(workload);
  return earlierRevisions(workload).some(({ createdAt }) => createdAt > at);
}

/** A template that waits for people to bring it, or for room, does nothing yet. */
function isRun({ fingerprint }: Revision, workload: Workload): boolean {
  const same = workload.revisions.filter((revision) => revision.fingerprint === fingerprint);
  return livePods(workload).some(({ revision }) => same.some(({ name }) => name === revision));
}

/** Began with the rollout: not before it (half a minute of measuring lag aside), and within the time it is blamed for. */
function withRollout(onset: number, rollout: number, { thresholds }: Seen): boolean {
  return onset >= rollout - thresholds.revisionSeconds / 20 && onset <= rollout + thresholds.revisionSeconds;
}

interface Symptom extends Finding {
  /** Seconds since the epoch. */
  onset: number;
}

/** The symptoms whose beginning is known and that were not there before the rollout. */
function symptomsOf(seen: Seen, rollout: number): Symptom[] {
  const { signals, thresholds, workload } = seen;
  const { errorRatio, p99Seconds } = signals;
  const symptoms: Symptom[] = crashesOf(seen);
  const before = (series: typeof errorRatio) => levelBetween(series, 0, rollout);
  const errors = latest(errorRatio, signals) ?? 0;
  const errorsSince = aboveSince(errorRatio, thresholds.errorRatio / 2, signals);
  if (
    errors > thresholds.errorRatio &&
    errorsSince !== undefined &&
    (before(errorRatio) ?? 1) <= thresholds.errorRatio / 2
  ) {
    symptoms.push({ onset: errorsSince, text: `${percent(errors)} of requests fail`, source: "prometheus" });
  }
  const p99 = latest(p99Seconds, signals) ?? 0;
  const usual = before(p99Seconds);
  const slowSince = aboveSince(p99Seconds, thresholds.p99Seconds * 0.8, signals);
  if (p99 > thresholds.p99Seconds && slowSince !== undefined && usual !== undefined && usual < p99 / 2) {
    symptoms.push({
      onset: slowSince,
      text: `p99 latency is ${p99.toFixed(2)} s, was ${usual.toFixed(2)} s`,
      source: "prometheus",
    });
  }
  const usualMemory = levelBetween(highest(Object.values(signals.memoryByPod)), 0, rollout);
  if (usualMemory !== undefined && troubleOf(seen, "MemoryHigh", "MemoryRising").length > 0) {
    const memory = highest(ofLive(signals.memoryByPod, workload));
    const onset = firstAbove(memory, usualMemory + 0.15, rollout);
    if (onset !== undefined) {
      const text = `memory rose to ${percent(latest(memory, signals) ?? 0)} of its limit, was ${percent(usualMemory)}`;
      symptoms.push({ onset, text, source: "prometheus" });
    }
  }
  return symptoms;
}

/**
 * Crashes of pods of the current revision; their beginning is the first known end of a process, or what alerts tell: a
 * revision that was to mend crashes, and does not, has not brought them.
 */
function crashesOf({ workload, thresholds, crashingSince, now }: Seen): Symptom[] {
  const ends = livePods(workload)
    .filter(({ revision }) => revision === currentRevision(workload)?.name)
    .flatMap(({ containers }) => containers.flatMap(({ lastTermination }) => lastTermination ?? []))
    .filter(
      ({ reason, at }) => reason !== "Completed" && now.getTime() - Date.parse(at) < thresholds.crashSeconds * 1000,
    );
  if (ends.length === 0) return [];
  const onset = Math.min(crashingSince?.getTime() ?? now.getTime(), ...ends.map(({ at }) => Date.parse(at))) / 1000;
  const how = [...new Set(ends.map(({ reason, exitCode }) => `${reason}, exit code ${exitCode}`))].join("; ");
  return [{ onset, text: `its pods crash (${how})`, source: "pods" }];
}
