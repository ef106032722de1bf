import { expect, test } from "vitest";
import { aWorkload, level, now, rising, secondsAgo, seriesOf, stepped, theSignals } from "../testing/index.ts";
import type { Container, Pod, Workload } from "../workload/index.ts";
import { defaultThresholds, hungPods, noSignals, type Signals, type Trouble, troublesOf } from "./index.ts";

const [a, b, c] = aWorkload().pods as [Pod, Pod, Pod]; // reason: the calm workload has three
const container = a.containers[0] as Container; // reason: of one container each
const podA = (pod: Partial<Pod>, more: Partial<Container> = {}): Workload =>
  aWorkload({ pods: [{ ...a, ...pod, containers: [{ ...container, ...more }] }, b, c] });
const ended = (at: string, reason = "Error", exitCode = 1): Partial<Container> => ({
  restarts: 4,
  lastTermination: { reason, exitCode, at },
});

const found = (workload: Workload, signals: Signals = theSignals(), since?: Date) =>
  troublesOf(workload, signals, defaultThresholds, { now, ...(since ? { since } : {}) });

test("a calm workload shows none, whatever Prometheus knows or does not", () => {
  expect([found(aWorkload()), found(aWorkload(), noSignals)]).toEqual([[], []]);
});

test.each<[sentence: string, workload: Workload, troubles: Trouble[]]>([
  ["a pod is not ready", podA({ ready: false }), [{ kind: "NotReady", text: "2 of 3 pods are ready", source: "pods" }]],
  [
    "a pod on its way out does not count as ready",
    podA({ deleting: true }),
    [{ kind: "NotReady", text: "2 of 3 pods are ready", source: "pods" }],
  ],
  [
    "the rollout is stuck",
    aWorkload({ rollout: "Stuck" }),
    [{ kind: "RolloutStuck", text: "the rollout passed its progress deadline", source: "revisions" }],
  ],
  [
    "a crash 5 min ago still counts",
    podA({}, ended(secondsAgo(300))),
    [{ kind: "Crashing", text: "web-2-a crashed with exit code 1 (4 restarts)", source: "pods" }],
  ],
  ["a crash longer ago is history", podA({}, ended(secondsAgo(301))), []],
  ["a process that completed did not crash", podA({}, ended(secondsAgo(10), "Completed", 0)), []],
  ["an end without a time is no crash of now", podA({}, ended("", "ContainerStatusUnknown", 137)), []],
  [
    "a crash of a pod that is on its way out is its own affair",
    aWorkload({ pods: [{ ...a, deleting: true, containers: [{ ...container, ...ended(secondsAgo(10)) }] }, a, b, c] }),
    [],
  ],
  [
    "the end of a pod that its node evicted, or shut down with, is no crash: another one has taken its place",
    aWorkload({
      pods: [
        {
          ...a,
          name: "web-2-z",
          phase: "Failed",
          ready: false,
          containers: [{ ...container, ...ended(secondsAgo(10)) }],
        },
        a,
        b,
        c,
      ],
    }),
    [],
  ],
  [
    "killed out of memory",
    podA({}, ended(secondsAgo(10), "OOMKilled", 137)),
    [{ kind: "OutOfMemory", text: "web-2-a was killed out of memory (4 restarts)", source: "pods" }],
  ],
  ...["ImagePullBackOff", "ErrImagePull", "CreateContainerConfigError", "RunContainerError"].map(
    (waiting): [string, Workload, Trouble[]] => [
      waiting,
      podA({}, { waiting }),
      [{ kind: "CannotStart", text: `web-2-a can't start: ${waiting}`, source: "pods" }],
    ],
  ),
  ["a container that is just being made", podA({}, { waiting: "ContainerCreating" }), []],
])("from the cluster: %s", (_, workload, troubles) => {
  expect(found(workload)).toEqual(troubles);
});

test("crashes from before a remediation are what it was for", () => {
  const workload = podA({}, ended(secondsAgo(60)));
  expect([
    found(workload, theSignals(), new Date(secondsAgo(59))),
    found(workload, theSignals(), new Date(secondsAgo(60))).length,
  ]).toEqual([[], 1]);
});

const prometheus = (kind: Trouble["kind"], text: string): Trouble => ({ kind, text, source: "prometheus" });

test.each<[sentence: string, signals: Partial<Signals>, troubles: Trouble[]]>([
  ["errors at the threshold", { errorRatio: level(0.05) }, []],
  ["errors above it", { errorRatio: level(0.06) }, [prometheus("ErrorsHigh", "6 % of requests fail")]],
  ["errors that stopped being counted", { errorRatio: seriesOf((ago) => (ago >= 120 ? 0.5 : undefined)) }, []],
  ["one odd sample of errors", { errorRatio: stepped(0, 1, 0) }, []],
  ["latency at the threshold", { p99Seconds: level(0.5) }, []],
  ["latency above it", { p99Seconds: level(0.51) }, [prometheus("LatencyHigh", "p99 latency is 0.51 s")]],
  ["CPU at the threshold", { cpuByPod: { "web-2-a": level(0.9) } }, []],
  [
    "CPU above it",
    { cpuByPod: { "web-2-a": level(0.95) } },
    [prometheus("CpuSaturated", "CPU is at 95 % of its limit")],
  ],
  ["CPU of a pod that is gone", { cpuByPod: { "web-1-z": level(0.95) } }, []],
  ["memory at the threshold, flat", { memoryByPod: { "web-2-a": level(0.9) } }, []],
  [
    "memory above it",
    { memoryByPod: { "web-2-a": level(0.95) } },
    [prometheus("MemoryHigh", "memory of web-2-a is at 95 % of its limit")],
  ],
  ["memory of a pod that is gone", { memoryByPod: { "web-1-z": level(0.95) } }, []],
  [
    "memory past half, that would reach its limit within ten minutes",
    { memoryByPod: { "web-2-a": rising(0.3, 0.7, 600) } },
    [prometheus("MemoryRising", "memory of web-2-a is at 68 % of its limit and rises steadily")],
  ],
  ["memory past half that rises too slowly for that", { memoryByPod: { "web-2-a": rising(0.3, 0.7, 3600) } }, []],
  ["memory that rises fast, below half", { memoryByPod: { "web-2-a": rising(0.1, 0.5, 300) } }, []],
])("from Prometheus: %s", (_, signals, troubles) => {
  expect(found(aWorkload(), theSignals(signals))).toEqual(troubles);
});

/** web-2-a ran for an hour, and has not been ready for so long. */
const unready = (seconds: number, pod: Partial<Pod> = {}, more: Partial<Container> = {}) =>
  podA(
    { ready: false, readySince: secondsAgo(seconds), ...pod },
    { ready: false, runningSince: secondsAgo(3600), ...more },
  );

test.each<[sentence: string, workload: Workload, signals: Partial<Signals>, hung: string[]]>([
  ["not ready for a minute, though it runs and was ready", unready(60), {}, ["web-2-a"]],
  ["not ready for less: it may come back", unready(59), {}, []],
  ["CPU is not known: readiness is the hard evidence", unready(60), { cpuByPod: {} }, ["web-2-a"]],
  ["busy below half of its limit", unready(60), { cpuByPod: { "web-2-a": level(0.49) } }, ["web-2-a"]],
  ["busy with half of its limit: it works at something", unready(60), { cpuByPod: { "web-2-a": level(0.5) } }, []],
  ["ready", podA({ readySince: secondsAgo(3600) }), {}, []],
  ["its containers are ready: its node is lost, or a gate holds it", unready(600, {}, { ready: true }), {}, []],
  [
    "never ready: unready since before its process began",
    unready(3600, {}, { runningSince: secondsAgo(3599) }),
    {},
    [],
  ],
  ["unready within the second in which it began", unready(3599, {}, { runningSince: secondsAgo(3600) }), {}, []],
  ["ready for just over a second, once", unready(3598, {}, { runningSince: secondsAgo(3600) }), {}, ["web-2-a"]],
  ["its process began anew after it got unready: a crash", unready(600, {}, { runningSince: secondsAgo(60) }), {}, []],
  ["no process runs", unready(600, {}, { runningSince: undefined }), {}, []],
  ["on its way out", unready(600, { deleting: true }), {}, []],
  ["not running any more", unready(600, { phase: "Failed" }), {}, []],
  ["when it got unready is not known", unready(600, { readySince: undefined }), {}, []],
])("a pod that hangs: %s", (_, workload, signals, hung) => {
  expect(hungPods(workload, theSignals(signals), defaultThresholds, now).map(({ name }) => name)).toEqual(hung);
});
