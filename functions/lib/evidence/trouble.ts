import { type Container, healthyPods, livePods, type Pod, type Workload } from "../workload/index.ts";
import { highest, latest, slopePerSecond } from "./series.ts";
import type { Signals, Thresholds } from "./signals.ts";

/** One symptom that is there now. */
export interface Trouble {
  kind:
    | "NotReady"
    | "Crashing"
    | "OutOfMemory"
    | "CannotStart"
    | "RolloutStuck"
    | "ErrorsHigh"
    | "LatencyHigh"
    | "CpuSaturated"
    | "MemoryHigh"
    | "MemoryRising";
  /** One sentence with its numbers. */
  text: string;
  source: "pods" | "revisions" | "prometheus";
}

/** What is asked: from when on a crash counts, and now. */
export interface Moment {
  now: Date;
  /** Terminations before this are history: they were what a remediation was for. */
  since?: Date;
}

/** Every symptom that a workload shows now; none means healthy, as far as the signals that are there can tell. */
export function troublesOf(workload: Workload, signals: Signals, thresholds: Thresholds, moment: Moment): Trouble[] {
  return [
    ...readinessTrouble(workload),
    ...crashTroubles(workload, thresholds, moment),
    ...signalTroubles(signals, workload, thresholds),
  ];
}

function readinessTrouble(workload: Workload): Trouble[] {
  const troubles: Trouble[] = [];
  const ready = healthyPods(workload).length;
  if (ready < workload.replicas) {
    troubles.push({ kind: "NotReady", text: `${ready} of ${workload.replicas} pods are ready`, source: "pods" });
  }
  if (workload.rollout === "Stuck") {
    troubles.push({ kind: "RolloutStuck", text: "the rollout passed its progress deadline", source: "revisions" });
  }
  return troubles;
}

/** Reasons why a container that never ran can't start: what the kubelet says of the template. */
const cannotStart = new Set([
  "ImagePullBackOff",
  "ErrImagePull",
  "InvalidImageName",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
]);

function crashTroubles(workload: Workload, { crashSeconds }: Thresholds, { now, since }: Moment): Trouble[] {
  const from = Math.max(now.getTime() - crashSeconds * 1000, since?.getTime() ?? 0);
  return livePods(workload).flatMap((pod) =>
    pod.containers.flatMap((container): Trouble[] => {
      if (container.waiting && cannotStart.has(container.waiting)) {
        return [{ kind: "CannotStart", text: `${pod.name} can't start: ${container.waiting}`, source: "pods" }];
      }
      const ended = container.lastTermination;
      if (!ended || ended.reason === "Completed" || !(Date.parse(ended.at) >= from)) return [];
      const kind = ended.reason === "OOMKilled" ? "OutOfMemory" : "Crashing";
      const how = kind === "OutOfMemory" ? "was killed out of memory" : `crashed with exit code ${ended.exitCode}`;
      return [{ kind, text: `${pod.name} ${how} (${container.restarts} restarts)`, source: "pods" }];
    }),
  );
}

function signalTroubles(signals: Signals, workload: Workload, thresholds: Thresholds): Trouble[] {
  const troubles: Trouble[] = [];
  const say = (kind: Trouble["kind"], text: string) => troubles.push({ kind, text, source: "prometheus" });
  const errors = latest(signals.errorRatio, signals);
  if (errors !== undefined && errors > thresholds.errorRatio) say("ErrorsHigh", `${percent(errors)} of requests fail`);
  const p99 = latest(signals.p99Seconds, signals);
  if (p99 !== undefined && p99 > thresholds.p99Seconds) say("LatencyHigh", `p99 latency is ${p99.toFixed(2)} s`);
  const cpu = latest(highest(ofLive(signals.cpuByPod, workload)), signals);
  if (cpu !== undefined && cpu > thresholds.cpuRatio) say("CpuSaturated", `CPU is at ${percent(cpu)} of its limit`);
  for (const [pod, series] of Object.entries(signals.memoryByPod)) {
    if (!livePods(workload).some(({ name }) => name === pod)) continue;
    const memory = latest(series, signals);
    if (memory === undefined) continue;
    if (memory > thresholds.memoryRatio) say("MemoryHigh", `memory of ${pod} is at ${percent(memory)} of its limit`);
    else if (reachesLimit(series, memory, thresholds)) {
      say("MemoryRising", `memory of ${pod} is at ${percent(memory)} of its limit and rises steadily`);
    }
  }
  return troubles;
}

/** True when memory is past half of the limit and would reach it within a sixth of the history, as it rises now. */
function reachesLimit(
  series: readonly { at: number; value: number }[],
  memory: number,
  thresholds: Thresholds,
): boolean {
  const horizon = thresholds.historySeconds / 6;
  const slope = slopePerSecond(series, thresholds.historySeconds / 12);
  return memory > 0.5 && slope !== undefined && memory + slope * horizon > 1;
}

/** What is known by pod, of the pods that still live: those that are gone say nothing about now. */
export function ofLive<T>(byPod: Readonly<Record<string, T>>, workload: Workload): T[] {
  const names = new Set(livePods(workload).map(({ name }) => name));
  return Object.entries(byPod).flatMap(([name, value]) => (names.has(name) ? [value] : []));
}

/**
 * Pods that hang: their process runs, was ready and has not been for `hangSeconds`, did not restart, and uses little CPU.
 * A pod without a CPU signal counts as hanging: readiness is the hard evidence. One whose containers are all ready does not hang:
 * its node is lost (then nobody probes it, and the control plane alone calls the pod unready), or a readiness gate of somebody else holds it.
 */
export function hungPods(workload: Workload, signals: Signals, { hangSeconds }: Thresholds, now: Date): Pod[] {
  return livePods(workload).filter((pod) => {
    const since = Date.parse(pod.readySince ?? "");
    const wasReady = pod.containers.every((container) => becameUnready(container, since));
    const cpu = latest(signals.cpuByPod[pod.name] ?? [], signals);
    const long = now.getTime() - since >= hangSeconds * 1000;
    const unready = !pod.ready && pod.containers.some(({ ready }) => !ready);
    return pod.phase === "Running" && unready && wasReady && long && (cpu ?? 0) < 0.5;
  });
}

/** A pod that was never ready has been unready since before its process began. */
function becameUnready({ runningSince }: Container, unreadySince: number): boolean {
  return runningSince !== undefined && unreadySince > Date.parse(runningSince) + 1000;
}

/** A share as people write it. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
