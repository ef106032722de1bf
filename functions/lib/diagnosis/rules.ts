import {
  aboveSince,
  highest,
  hungPods,
  latest,
  levelBetween,
  median,
  ofLive,
  percent,
  type Series,
} from "../evidence/index.ts";
import { healthyPods, livePods } from "../workload/index.ts";
import type { Diagnosis, Finding, Rule, Seen } from "./diagnosis.ts";
import { likely, sure, troubleOf } from "./diagnosis.ts";
import { badRevision, badTemplate } from "./revision.ts";
import { upstreamFailure } from "./upstream.ts";

/** A rollout within its deadline ends by itself: whatever looks ill may be on its way. */
const rolloutInProgress: Rule = ({ workload }) =>
  workload.rollout === "Progressing"
    ? {
        cause: "RolloutInProgress",
        confidence: sure,
        for: [{ text: "a rollout is going on", source: "revisions" }],
        against: [],
      }
    : undefined;

/** Killed out of memory, or risen, on a revision that used to be fine. Memory that was always high leaks nothing. */
const memoryLeak: Rule = (seen) => {
  const killed = troubleOf(seen, "OutOfMemory");
  const rising = [
    ...troubleOf(seen, "MemoryRising"),
    ...(hasRisen(seen) ? troubleOf(seen, "MemoryHigh") : []),
    ...creeping(seen),
  ];
  if (killed.length + rising.length === 0) return undefined;
  return {
    cause: "MemoryLeak",
    confidence: killed.length > 0 ? sure : likely,
    for: [...killed, ...rising],
    against: [],
  };
};

/** True when a pod whose memory is high began the history, or its life, at least a tenth of the limit lower. */
function hasRisen({ signals, workload, thresholds }: Seen): boolean {
  return ofLive(signals.memoryByPod, workload).some((series) => {
    const memory = latest(series, signals) ?? 0;
    const first = median(series.slice(0, 3).map(({ value }) => value)) ?? memory;
    return memory > thresholds.memoryRatio && memory - first >= 0.1;
  });
}

/** How anomaly-score calls the memory that a workload uses (functions/lib/anomaly). */
const memoryMetric = "memory working set";

/**
 * Memory that is unusually high, far from any limit, and has risen through the history and still does: a slow leak, which no
 * threshold sees for hours. Unusual alone is none, since caches fill; rising alone is none either, nor is rising from below what
 * is usual, as after a restart, though that is unusual against the last hour.
 */
function creeping({ anomaly, signals, workload }: Seen): Finding[] {
  const odd = anomaly?.reasons.find(({ metric, size, level }) => metric === memoryMetric && size > 0 && level > 0);
  if (!odd) return [];
  const rises = Object.entries(signals.memoryByPod).flatMap(([pod, series]): Finding[] => {
    if (!livePods(workload).some(({ name }) => name === pod)) return [];
    const quarter = Math.floor(series.length / 4);
    const first = levelOf(series.slice(0, quarter));
    const third = levelOf(series.slice(2 * quarter, 3 * quarter));
    const last = latest(series, signals);
    if (first === undefined || third === undefined || last === undefined) return [];
    const isRising = last - first >= leakedShare && last - third >= leakedShare / 4;
    const text = `memory of ${pod} rose from ${percent(first)} to ${percent(last)} of its limit, and still does`;
    return isRising ? [{ text, source: "prometheus" }] : [];
  });
  return rises.length > 0 ? [{ text: odd.text, source: "anomaly-score" }, ...rises] : [];
}

/** So much of its limit has to have been gained through the history: less is what garbage collection does. */
const leakedShare = 0.05;

/** The usual level of some samples; undefined of fewer than three. */
function levelOf(series: Series): number | undefined {
  return series.length < 3 ? undefined : median(series.map(({ value }) => value));
}

/** Ready once, not now, the process runs and uses little CPU: a deadlock, or a connection that died. */
const hang: Rule = ({ workload, signals, thresholds, now }) => {
  const hung = hungPods(workload, signals, thresholds, now);
  if (hung.length === 0) return undefined;
  return {
    cause: "Hang",
    confidence: sure,
    for: hung.map(({ name, readySince }) => ({
      text: `${name} runs, uses little CPU, and has not been ready since ${readySince}`,
      source: "pods",
    })),
    against: [
      { text: `${healthyPods(workload).length} of ${livePods(workload).length} pods are ready`, source: "pods" },
    ],
  };
};

/** CPU at its limit: with the traffic up it lacks replicas, with flat traffic something runs away. */
const cpuSaturation: Rule = (seen) => {
  const saturated = troubleOf(seen, "CpuSaturated");
  if (saturated.length === 0) return undefined;
  const growth = trafficGrowth(seen);
  if (growth === undefined) return undefined;
  const text = `${latest(seen.signals.requestRate, seen.signals)?.toFixed(1)} requests per second, ${growth.toFixed(1)} times as many as before`;
  const rising = growth >= 1.3;
  return {
    cause: rising ? "CpuTraffic" : "CpuRunaway",
    confidence: likely,
    for: [...saturated, { text, source: "prometheus" }],
    against: [],
  };
};

/**
 * How many times more requests come now than just before the CPU rose; undefined when either is unknown.
 * "Before" ends when CPU passed half of where it is now.
 */
export function trafficGrowth({
  signals,
  workload,
  thresholds,
}: Pick<Seen, "signals" | "workload" | "thresholds">): number | undefined {
  const cpu: Series = highest(ofLive(signals.cpuByPod, workload));
  const now = latest(signals.requestRate, signals);
  const onset = aboveSince(cpu, (latest(cpu, signals) ?? 0) / 2, signals);
  if (now === undefined || onset === undefined) return undefined;
  const before = levelBetween(signals.requestRate, onset - thresholds.historySeconds / 4, onset);
  return before === undefined || before <= 0 ? undefined : now / before;
}

/** Nothing is wrong as far as anybody can see: the alert was short-lived, or its target recovered by itself. */
const nothingWrong: Rule = ({ troubles, workload, anomaly }) =>
  troubles.length + (anomaly?.reasons.length ?? 0) > 0
    ? undefined
    : {
        cause: "NothingWrong",
        confidence: likely,
        for: [
          {
            text: `${healthyPods(workload).length} of ${livePods(workload).length} pods are ready and no signal is off`,
            source: "pods",
          },
        ],
        against: [],
      };

/** Every rule in order: what the cluster says beats what signals say, and what explains more comes first. */
const rules: readonly Rule[] = [
  rolloutInProgress,
  badTemplate,
  upstreamFailure,
  badRevision,
  memoryLeak,
  hang,
  cpuSaturation,
  nothingWrong,
];

/** The first rule that has an answer decides; what is left is `Unknown`, which is never acted on. What anomaly-score says goes with it. */
export function diagnose(seen: Seen): Diagnosis {
  const diagnosis = known(seen) ?? unknown(seen);
  return diagnosis.confidence < sure ? withAnomaly(diagnosis, seen) : diagnosis;
}

function known(seen: Seen): Diagnosis | undefined {
  for (const rule of rules) {
    const diagnosis = rule(seen);
    if (diagnosis) return diagnosis;
  }
  return undefined;
}

/** Where signals alone speak, what anomaly-score says of the same signals stands beside them; it changes no cause. */
function withAnomaly(diagnosis: Diagnosis, { anomaly }: Seen): Diagnosis {
  if (!anomaly) return diagnosis;
  if (anomaly.reasons.length === 0) {
    const calm: Finding = { text: "no metric is unlike what it usually is", source: "anomaly-score" };
    return diagnosis.cause === "NothingWrong"
      ? { ...diagnosis, for: [...diagnosis.for, calm] }
      : { ...diagnosis, against: [...diagnosis.against, calm] };
  }
  const said = new Set(diagnosis.for.map(({ text }) => text));
  const odd = anomaly.reasons.flatMap(({ text }): Finding[] =>
    said.has(text) ? [] : [{ text, source: "anomaly-score" }],
  );
  return { ...diagnosis, for: [...diagnosis.for, ...odd] };
}

function unknown(seen: Seen): Diagnosis {
  return {
    cause: "Unknown",
    confidence: 0,
    for: seen.troubles.map(({ text, source }) => ({ text, source })),
    against: [{ text: "no cause explains this", source: "alert" }],
  };
}
