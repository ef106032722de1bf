import { latest, type Signals, type Trouble } from "../evidence/index.ts";
import type { Health, Remediation } from "../incident/index.ts";
import type { EffectivePolicy } from "../policy/index.ts";
import { healthyPods, livePods, type Workload } from "../workload/index.ts";

/** What is known of a workload after a remediation was applied. */
export interface Aftermath {
  remediation: Remediation;
  workload: Workload;
  signals: Signals;
  /** Symptoms now, crashes from before the remediation left aside. */
  troubles: readonly Trouble[];
  alertsFiring: number;
  policy: Pick<EffectivePolicy, "stableForSeconds" | "proofDeadlineSeconds">;
  /** What a rate looks back over: until then, it counts what was before the remediation too. */
  rateWindowSeconds: number;
  now: Date;
}

/** How far the proof is. */
export type Proof =
  /** Healthy for as long as the policy asks, and no alert fires. */
  | { state: "Recovered" }
  /** Not yet; `healthySince` is when the unbroken healthy time began. */
  | { state: "Watching"; healthySince?: string; waitingFor: string }
  /** Does worse than before. */
  | { state: "Worse"; message: string }
  /** The deadline passed. */
  | { state: "Failed"; message: string }
  /** The deadline passed, and what is seen says neither yes nor no. */
  | { state: "Inconclusive"; message: string };

/** The workload's health in the numbers that a remediation must not make worse. */
export function healthOf(workload: Workload, signals: Signals): Health {
  const errorRatio = latest(signals.errorRatio, signals);
  const p99Seconds = latest(signals.p99Seconds, signals);
  return {
    readyPods: healthyPods(workload).length,
    ...(errorRatio === undefined ? {} : { errorRatio }),
    ...(p99Seconds === undefined ? {} : { p99Seconds }),
  };
}

/**
 * Judges a remediation that was applied. Recovered needs all: stable for `stableForSeconds`, the alerts resolved, and what
 * was measured before still measured. Resolved alone is no proof, since series vanish; firing alone is no failure before
 * the deadline, since rules look back.
 */
export function prove(aftermath: Aftermath): Proof {
  const { remediation, workload, troubles, alertsFiring, policy, now } = aftermath;
  const appliedAt = Date.parse(remediation.appliedAt ?? remediation.requestedAt);
  const elapsed = (now.getTime() - appliedAt) / 1000;
  const overdue = elapsed > policy.proofDeadlineSeconds;
  const worse = whatIsWorse(aftermath, elapsed);
  if (worse) return { state: "Worse", message: worse };
  const settled = workload.rollout === "Complete";
  if (!settled || troubles.length > 0) {
    const what = troubles[0]?.text ?? "the rollout goes on";
    return overdue ? { state: "Failed", message: what } : { state: "Watching", waitingFor: what };
  }
  const healthySince = notAhead(remediation.healthySince, now);
  const stableFor = (now.getTime() - Date.parse(healthySince)) / 1000;
  if (stableFor < policy.stableForSeconds) {
    const waitingFor = `healthy for ${Math.floor(stableFor)} of ${policy.stableForSeconds} s`;
    return { state: "Watching", healthySince, waitingFor };
  }
  const doubt = alertsFiring > 0 ? `${alertsFiring} of its alerts still fire` : whatIsUnseen(aftermath);
  if (!doubt) return { state: "Recovered" };
  return overdue
    ? { state: "Inconclusive", message: `healthy, but ${doubt}` }
    : { state: "Watching", healthySince, waitingFor: doubt };
}

/** Since when something has lasted: from now on, where nobody said it, or whose clock was ahead did. */
export function notAhead(since: string | undefined, now: Date): string {
  return since !== undefined && Date.parse(since) <= now.getTime() ? since : now.toISOString();
}

/**
 * What was measured before has to be measured still: with its series, a symptom and its alert vanish alike. Nor is a
 * workload healthy of which no pod is there, scaled to none by a person or by its autoscaler.
 */
function whatIsUnseen({ remediation: { before }, workload, signals }: Aftermath): string | undefined {
  const now = healthOf(workload, signals);
  if (now.readyPods === 0) return "none of its pods is there to be so";
  if (before.errorRatio !== undefined && now.errorRatio === undefined) return "nothing counts its errors any more";
  if (before.p99Seconds !== undefined && now.p99Seconds === undefined) return "nothing measures its latency any more";
  return undefined;
}

/** What can be taken back must not do worse: fewer ready pods once its rollout is over, or clearly more errors. */
function whatIsWorse(aftermath: Aftermath, elapsed: number): string | undefined {
  const { remediation, workload, signals, policy, rateWindowSeconds } = aftermath;
  const { before, change } = remediation;
  if (change.what === "restartRollout" || change.what === "restartPods") return undefined;
  const now = healthOf(workload, signals);
  if (workload.rollout === "Stuck" && !wasStuckBefore(aftermath)) return "the rollout of the remedy is stuck";
  // Pods come and go while it is being carried out.
  if (elapsed < policy.stableForSeconds) return undefined;
  // Fewer pods may be wanted by now, by an autoscaler, a person, or the change itself: that is no harm.
  const ready = now.readyPods + passing(aftermath);
  if (workload.rollout === "Complete" && ready < Math.min(before.readyPods, workload.replicas)) {
    return `${now.readyPods} pods are ready, ${before.readyPods} were before`;
  }
  // What is better has to stay so, and so has what is worse: without a break, and with rates that saw nothing of what was before.
  if (elapsed < rateWindowSeconds + policy.stableForSeconds || now.errorRatio === undefined) return undefined;
  const recent = signals.errorRatio.filter(({ at }) => at >= signals.readAt - policy.stableForSeconds);
  const least = Math.min(...recent.map(({ value }) => value));
  if (recent.length < 2 || before.errorRatio === undefined || least <= before.errorRatio + 0.2) return undefined;
  return `${Math.round(now.errorRatio * 100)} % of requests fail, ${Math.round(before.errorRatio * 100)} % did before`;
}

/**
 * The rollout that the remedy replaces was stuck, and nothing has moved since: its condition stays until the first pod of
 * the new one is there, which with `Recreate` is not before the last old one has gone.
 */
function wasStuckBefore({ remediation, workload }: Aftermath): boolean {
  return Date.parse(workload.stuckSince ?? "") < Date.parse(remediation.requestedAt);
}

/**
 * How many pods are not ready only for a moment: pods blink, and nodes are drained, whatever was done. What has to last to
 * count as healthy has to last as long to count as harm.
 */
function passing({ workload, policy, now }: Aftermath): number {
  return livePods(workload).filter(({ ready, readySince, createdAt }) => {
    const seconds = (now.getTime() - Date.parse(readySince ?? createdAt)) / 1000;
    return !ready && seconds < policy.stableForSeconds;
  }).length;
}
