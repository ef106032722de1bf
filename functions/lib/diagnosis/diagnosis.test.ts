import { expect, test } from "vitest";
import type { Cause } from "../cause/index.ts";
import { defaultThresholds, type Signals, troublesOf } from "../evidence/index.ts";
import { aPeer, aWorkload, level, now, rising, secondsAgo, seriesOf, stepped, theSignals } from "../testing/index.ts";
import type { Container, Pod, Workload } from "../workload/index.ts";
import { diagnose, lastHealthyRevision, type Seen } from "./index.ts";

/** What an SRE would see of shop/web: web-2 for two hours, web-1 before it; nothing is off, but for what a row says. */
function seen(workload: Workload, signals: Partial<Signals> = {}): Seen {
  const all = theSignals(signals);
  const troubles = troublesOf(workload, all, defaultThresholds, { now });
  return { workload, signals: all, thresholds: defaultThresholds, troubles, now };
}

const [a, b, c] = aWorkload().pods as [Pod, Pod, Pod]; // reason: the calm workload has three
const container = a.containers[0] as Container; // reason: of one container each
const [current, earlier] = aWorkload().revisions;

/** The current revision was rolled out so long ago. */
const rolledOut = (ago: number, more: Partial<Workload> = {}): Workload => {
  const revisions = current && earlier ? [{ ...current, createdAt: secondsAgo(ago) }, earlier] : [];
  return aWorkload({ revisions, ...more });
};
const withPodA = (pod: Partial<Pod>, more: Partial<Container> = {}): Pod[] => [
  { ...a, ...pod, containers: [{ ...container, ready: pod.ready ?? true, ...more }] },
  b,
  c,
];
const crashed = (ago: number, reason = "Error", exitCode = 1) =>
  withPodA({}, { restarts: 3, lastTermination: { reason, exitCode, at: secondsAgo(ago) } });
/** It ran for an hour, and has not been ready for ten minutes. */
const hanging: Pod[] = withPodA({ ready: false, readySince: secondsAgo(600) }, { runningSince: secondsAgo(3600) });
/** It began ten minutes ago and never got ready. */
const neverReady: Pod[] = withPodA({ ready: false, readySince: secondsAgo(600) }, { runningSince: secondsAgo(599) });
/** A new revision of which no pod ever got ready, past its deadline. */
const stuck = (waiting: string | undefined, more: Partial<Container> = {}): Workload =>
  rolledOut(700, {
    rollout: "Stuck",
    revisions:
      current && earlier
        ? [
            { ...current, readyPods: 0 },
            { ...earlier, readyPods: 2 },
          ]
        : [],
    pods: withPodA({ ready: false }, { waiting, runningSince: undefined, ...more }),
  });
/** A restart of web-2 past its deadline: no pod of it ever got ready, of web-2 so many are. */
const restartStuck = (readyPods: number): Workload => ({
  ...stuck("ImagePullBackOff"),
  revisions:
    current && earlier
      ? [{ ...current, name: "web-3", number: 3, readyPods: 0 }, { ...current, readyPods }, earlier]
      : [],
});
/** One pod of the current revision that nothing runs of yet, and two of the one before, which are well. */
const withoutRoom: Pod[] = [
  { ...a, ready: false, phase: "Pending", unschedulable: true, containers: [] },
  { ...b, revision: "web-1" },
  { ...c, revision: "web-1" },
];
/** Two pods of the revision before, of which one is ready, or both have not been for ten minutes. */
const oldPods = (oneReady: boolean): Pod[] =>
  [b, c].map((pod, i) => {
    const ready = oneReady && i === 0;
    const containers = pod.containers.map((of) => ({ ...of, ready }));
    return { ...pod, revision: "web-1", ready, readySince: secondsAgo(600), containers };
  });
const onlyOld = { readyByRevision: { "web-1": 3 } };

const memoryOf = (series: Signals["memoryByPod"][string]) => ({ memoryByPod: { "web-2-a": series } });
const cpuOf = (series: Signals["cpuByPod"][string]) => ({ cpuByPod: { "web-2-a": series } });
/** The same, and anomaly-score calls something unusual. */
const odd = (what: Seen, ...reasons: NonNullable<Seen["anomaly"]>["reasons"]): Seen => ({
  ...what,
  anomaly: { reasons },
});
const highMemory = {
  metric: "memory working set",
  size: 9,
  level: 9,
  text: "memory working set is 9.0 robust sd above its usual level",
};
const slowAnswers = {
  metric: "p99 latency",
  size: 8,
  level: 8,
  text: "p99 latency is 8.0 robust sd above its last hour",
};
/** The calls to auth fail, and auth itself says so. */
const authDown = aPeer({ errorRatio: stepped(0, 0.6, 300), ownErrorRatio: stepped(0, 0.6, 300) });
const calm = aWorkload();

const rows: [sentence: string, seen: Seen, cause: Cause][] = [
  // Nothing wrong
  ["all pods are fine, and no signal is off", seen(calm), "NothingWrong"],
  [
    "all pods are fine, and Prometheus knows nothing",
    seen(calm, { cpuByPod: {}, memoryByPod: {}, requestRate: [], errorRatio: [], p99Seconds: [], peers: {} }),
    "NothingWrong",
  ],
  ["errors for the blink of one sample", seen(calm, { errorRatio: stepped(0, 0.5, 0) }), "NothingWrong"],
  ["a dependency fails, and nobody feels it", seen(calm, { peers: { auth: authDown } }), "NothingWrong"],

  ["no threshold is passed, and anomaly-score calls something unusual", odd(seen(calm), slowAnswers), "Unknown"],
  ["anomaly-score calls nothing unusual", odd(seen(calm)), "NothingWrong"],

  // Rollout in progress
  [
    "errors while a rollout goes on within its deadline",
    seen(rolledOut(60, { rollout: "Progressing" }), { errorRatio: stepped(0, 0.5, 60) }),
    "RolloutInProgress",
  ],
  [
    "a crash loop while a rollout goes on within its deadline",
    seen(rolledOut(60, { rollout: "Progressing", pods: crashed(10) })),
    "RolloutInProgress",
  ],
  ["a rollout goes on, and nothing is wrong", seen(rolledOut(60, { rollout: "Progressing" })), "RolloutInProgress"],

  // Bad template
  ["a rollout is stuck on an image that can't be pulled", seen(stuck("ImagePullBackOff"), onlyOld), "BadTemplate"],
  [
    "a rollout is stuck on a variable whose ConfigMap is not there",
    seen(stuck("CreateContainerConfigError"), onlyOld),
    "BadTemplate",
  ],
  [
    "a rollout is stuck on a crash at the start",
    seen(stuck("CrashLoopBackOff", { lastTermination: { reason: "Error", exitCode: 1, at: secondsAgo(20) } }), onlyOld),
    "BadTemplate",
  ],
  [
    "a rollout is stuck on a probe that is never answered",
    seen(stuck(undefined, { runningSince: secondsAgo(690) }), onlyOld),
    "BadTemplate",
  ],
  [
    "a rollout is stuck, as no node has room for its pods: that is not the template's",
    seen({ ...stuck(undefined), pods: withoutRoom }, onlyOld),
    "Unknown",
  ],
  [
    "a rollout is stuck, as one of its pods has no room and another one does not get ready",
    seen({ ...stuck(undefined), pods: [...withoutRoom, ...stuck("ImagePullBackOff").pods] }, onlyOld),
    "BadTemplate",
  ],
  [
    "a rollout is stuck, as a quota lets none of its pods be made",
    seen({ ...stuck(undefined), pods: withoutRoom.slice(1) }, onlyOld),
    "Unknown",
  ],
  [
    "a rollout is stuck, and there never was another revision",
    seen(
      { ...stuck("ImagePullBackOff"), revisions: current ? [{ ...current, readyPods: 0 }] : [] },
      { readyByRevision: {} },
    ),
    "Unknown",
  ],
  [
    "a rollout is stuck, and no earlier revision is known to have been ready",
    seen(
      {
        ...stuck("ImagePullBackOff"),
        revisions:
          current && earlier
            ? [
                { ...current, readyPods: 0 },
                { ...earlier, readyPods: 0 },
              ]
            : [],
      },
      { readyByRevision: {} },
    ),
    "Unknown",
  ],
  [
    "a rollout is stuck while the pods of the old revision are not ready either: what both need is away",
    seen(
      { ...stuck(undefined), pods: [...neverReady.slice(0, 1), ...oldPods(false)] },
      { readyByRevision: { "web-1": 3 } },
    ),
    "Hang",
  ],
  [
    "a rollout is stuck while one pod of the old revision is ready",
    seen(
      { ...stuck(undefined), pods: [...neverReady.slice(0, 1), ...oldPods(true)] },
      { readyByRevision: { "web-1": 3 } },
    ),
    "BadTemplate",
  ],
  [
    "a restart is stuck, of a template that was ready before, and is still",
    seen(restartStuck(2), { readyByRevision: { "web-1": 3 } }),
    "Unknown",
  ],
  [
    "a restart is stuck, of a template that was ready before, as Prometheus remembers",
    seen(restartStuck(0), { readyByRevision: { "web-1": 3, "web-2": 3 } }),
    "Unknown",
  ],
  [
    "a rollout is stuck, though the new revision had a ready pod: no template that can't start",
    seen(stuck("ImagePullBackOff"), { readyByRevision: { "web-1": 3, "web-2": 1 } }),
    "Unknown",
  ],

  // Bad revision
  ["errors that began with the rollout", seen(rolledOut(300), { errorRatio: stepped(0, 0.5, 270) }), "BadRevision"],
  [
    "errors that began 30 s before the rollout: measuring lags, and old pods count too",
    seen(rolledOut(300), { errorRatio: stepped(0, 0.5, 330) }),
    "BadRevision",
  ],
  [
    "errors that began a minute before the rollout",
    seen(rolledOut(300), { errorRatio: stepped(0, 0.5, 360) }),
    "Unknown",
  ],
  [
    "errors that began two minutes before the rollout",
    seen(rolledOut(300), { errorRatio: stepped(0, 0.5, 420) }),
    "Unknown",
  ],
  [
    "errors that began ten minutes after the rollout",
    seen(rolledOut(1200), { errorRatio: stepped(0, 0.5, 600) }),
    "BadRevision",
  ],
  ["errors that began later than that", seen(rolledOut(1200), { errorRatio: stepped(0, 0.5, 570) }), "Unknown"],
  ["errors that were there before and after the rollout", seen(rolledOut(300), { errorRatio: level(0.5) }), "Unknown"],
  [
    "errors since the rollout, and nothing known of before",
    seen(rolledOut(300), { errorRatio: seriesOf((ago) => (ago <= 270 ? 0.5 : undefined)) }),
    "Unknown",
  ],
  [
    "errors since the rollout of the first revision ever",
    seen(aWorkload({ revisions: current ? [{ ...current, createdAt: secondsAgo(300) }] : [] }), {
      errorRatio: stepped(0, 0.5, 270),
    }),
    "Unknown",
  ],
  [
    "errors since the rollout, and the revision before never got ready",
    seen(rolledOut(300), { errorRatio: stepped(0, 0.5, 270), readyByRevision: { "web-2": 3 } }),
    "Unknown",
  ],
  [
    "errors since a restart of an old revision",
    seen(
      aWorkload({
        revisions:
          current && earlier
            ? [{ ...current, name: "web-3", number: 3, createdAt: secondsAgo(300) }, current, earlier]
            : [],
      }),
      { errorRatio: stepped(0, 0.5, 270) },
    ),
    "Unknown",
  ],
  [
    "errors of a revision that was just taken back, by an older one that is itself not old",
    seen(
      aWorkload({
        revisions:
          current && earlier
            ? [
                { ...earlier, number: 3, createdAt: secondsAgo(480) },
                { ...current, createdAt: secondsAgo(300) },
              ]
            : [],
      }),
      { errorRatio: stepped(0, 0.5, 270) },
    ),
    "Unknown",
  ],
  [
    "errors that began when a template was set that no pod has yet",
    seen(rolledOut(300, { pods: [a, b, c].map((pod) => ({ ...pod, revision: "web-1" })) }), {
      errorRatio: stepped(0, 0.5, 270),
    }),
    "Unknown",
  ],
  ["latency that began with the rollout", seen(rolledOut(300), { p99Seconds: stepped(0.1, 2, 270) }), "BadRevision"],
  [
    "latency that was half as high before already",
    seen(rolledOut(300), { p99Seconds: stepped(0.45, 0.8, 270) }),
    "Unknown",
  ],
  ["crashes that began with the rollout", seen(rolledOut(280, { pods: crashed(200) })), "BadRevision"],
  [
    "crashes of which an alert told before the rollout: it was to mend them, and does not",
    { ...seen(rolledOut(280, { pods: crashed(200) })), crashingSince: new Date(secondsAgo(900)) },
    "Unknown",
  ],
  [
    "crashes of which an alert told after the rollout",
    { ...seen(rolledOut(280, { pods: crashed(200) })), crashingSince: new Date(secondsAgo(150)) },
    "BadRevision",
  ],
  [
    "a pod of a new revision that its node shut down with, and whose place another one has taken",
    seen(
      rolledOut(280, {
        pods: [
          ...crashed(200, "Error", 143)
            .slice(0, 1)
            .map((pod) => ({ ...pod, phase: "Failed", ready: false })),
          { ...a, name: "web-2-z" },
          b,
          c,
        ],
      }),
    ),
    "NothingWrong",
  ],
  [
    "killed out of memory right after the rollout",
    seen(rolledOut(280, { pods: crashed(200, "OOMKilled", 137) })),
    "BadRevision",
  ],
  ["crashes of an old revision", seen(aWorkload({ pods: crashed(200) })), "Unknown"],
  [
    "crashes of the old revision's pods only, right after a rollout",
    seen(rolledOut(280, { pods: crashed(200).map((pod) => ({ ...pod, revision: "web-1" })) })),
    "Unknown",
  ],
  [
    "memory that rises since the rollout",
    seen(rolledOut(900), memoryOf(seriesOf((ago) => (ago > 900 ? 0.3 : 0.95 - (0.65 * ago) / 900)))),
    "BadRevision",
  ],

  // Memory leak
  ["memory rises steadily on an old revision", seen(calm, memoryOf(rising(0.3, 0.8, 900))), "MemoryLeak"],
  [
    "memory near its limit, and it rose slowly all the hour",
    seen(calm, memoryOf(rising(0.6, 0.95, 3600))),
    "MemoryLeak",
  ],
  ["killed out of memory, on an old revision", seen(aWorkload({ pods: crashed(60, "OOMKilled", 137) })), "MemoryLeak"],
  ["memory near its limit, as it was all the hour", seen(calm, memoryOf(level(0.95))), "Unknown"],
  [
    "memory that stepped up to another level, below its limit",
    seen(calm, memoryOf(stepped(0.3, 0.7, 900))),
    "NothingWrong",
  ],
  [
    "memory that creeps up far from its limit, and is unusual for this workload",
    odd(seen(calm, memoryOf(rising(0.3, 0.42, 3600))), highMemory),
    "MemoryLeak",
  ],
  [
    "memory that creeps up far from its limit, and nobody calls it unusual",
    seen(calm, memoryOf(rising(0.3, 0.42, 3600))),
    "NothingWrong",
  ],
  [
    "memory that creeps up, and something else is unusual",
    odd(seen(calm, memoryOf(rising(0.3, 0.42, 3600))), slowAnswers),
    "Unknown",
  ],
  [
    "memory that is unusually low, though it rises",
    odd(seen(calm, memoryOf(rising(0.3, 0.42, 3600))), { ...highMemory, size: -9 }),
    "Unknown",
  ],
  [
    "memory that is unusual against its last hour, and still below its usual level, as after a restart",
    odd(seen(calm, memoryOf(rising(0.3, 0.42, 3600))), { ...highMemory, level: -1 }),
    "Unknown",
  ],
  [
    "memory that rose to another level and stays there",
    odd(seen(calm, memoryOf(stepped(0.3, 0.42, 2000))), highMemory),
    "Unknown",
  ],
  [
    "memory that rose by less than garbage collection does",
    odd(seen(calm, memoryOf(rising(0.3, 0.34, 3600))), highMemory),
    "Unknown",
  ],
  [
    "memory that creeps up in a pod that is gone",
    odd(seen(calm, { memoryByPod: { "web-2-z": rising(0.3, 0.42, 3600) } }), highMemory),
    "Unknown",
  ],
  ["memory of a pod that is gone", seen(calm, { memoryByPod: { "web-2-z": rising(0.3, 0.95, 900) } }), "NothingWrong"],
  [
    "killed out of memory, but ten minutes ago",
    seen(aWorkload({ pods: crashed(600, "OOMKilled", 137) })),
    "NothingWrong",
  ],
  [
    "memory rises on a revision that is too old to be blamed",
    seen(rolledOut(3000), memoryOf(rising(0.3, 0.95, 900))),
    "MemoryLeak",
  ],

  // Hang
  ["a pod runs, was ready, is not, and does nothing", seen(aWorkload({ pods: hanging })), "Hang"],
  ["a pod that never got ready: no hang", seen(aWorkload({ pods: neverReady })), "Unknown"],
  [
    "a slow starter that began a minute ago",
    seen(aWorkload({ pods: withPodA({ ready: false, readySince: secondsAgo(60) }, { runningSince: secondsAgo(58) }) })),
    "Unknown",
  ],
  [
    "a pod that is not ready since half a minute",
    seen(
      aWorkload({ pods: withPodA({ ready: false, readySince: secondsAgo(30) }, { runningSince: secondsAgo(3600) }) }),
    ),
    "Unknown",
  ],
  [
    "a pod whose node is lost: its container is as ready as it last was",
    seen(
      aWorkload({
        pods: withPodA({ ready: false, readySince: secondsAgo(600) }, { ready: true, runningSince: secondsAgo(3600) }),
      }),
    ),
    "Unknown",
  ],
  ["a pod that is not ready, and busy", seen(aWorkload({ pods: hanging }), cpuOf(level(0.7))), "Unknown"],
  [
    "a pod hangs on a connection to a dependency that is fine: its calls fail, and only its own",
    seen(aWorkload({ pods: hanging }), { peers: { auth: aPeer({ errorRatio: stepped(0, 0.6, 600) }) } }),
    "Hang",
  ],
  [
    "a pod hangs on a connection to a dependency, and its calls take until they time out",
    seen(aWorkload({ pods: hanging }), {
      p99Seconds: stepped(0.1, 2, 600),
      peers: { auth: aPeer({ p99Seconds: stepped(0.05, 2, 600) }) },
    }),
    "Hang",
  ],
  [
    "every pod hangs while a dependency is slow",
    seen(aWorkload({ pods: hanging.slice(0, 1) }), {
      p99Seconds: stepped(0.1, 2, 600),
      peers: { auth: aPeer({ p99Seconds: stepped(0.05, 2, 600) }) },
    }),
    "UpstreamFailure",
  ],

  // CPU
  [
    "CPU at its limit, twice the traffic",
    seen(calm, { ...cpuOf(stepped(0.3, 0.95, 300)), requestRate: stepped(10, 20, 300) }),
    "CpuTraffic",
  ],
  [
    "CPU at its limit, 1.3 times the traffic",
    seen(calm, { ...cpuOf(stepped(0.3, 0.95, 300)), requestRate: stepped(10, 13, 300) }),
    "CpuTraffic",
  ],
  [
    "CPU at its limit, 1.2 times the traffic",
    seen(calm, { ...cpuOf(stepped(0.3, 0.95, 300)), requestRate: stepped(10, 12, 300) }),
    "CpuRunaway",
  ],
  ["CPU at its limit, the same traffic", seen(calm, cpuOf(stepped(0.3, 0.95, 300))), "CpuRunaway"],
  [
    "CPU at its limit, less traffic, as it gets through less",
    seen(calm, { ...cpuOf(stepped(0.3, 0.95, 300)), requestRate: stepped(10, 4, 300) }),
    "CpuRunaway",
  ],
  [
    "CPU at its limit, and the traffic is not known",
    seen(calm, { ...cpuOf(stepped(0.3, 0.95, 300)), requestRate: [] }),
    "Unknown",
  ],
  [
    "CPU at its limit, and the traffic is not known any more",
    seen(calm, { ...cpuOf(stepped(0.3, 0.95, 300)), requestRate: seriesOf((ago) => (ago > 200 ? 10 : undefined)) }),
    "Unknown",
  ],
  ["CPU at its limit all the hour: what was before is not known", seen(calm, cpuOf(level(0.95))), "Unknown"],
  [
    "latency by its own CPU, beside a dependency that is slow too",
    seen(calm, {
      ...cpuOf(stepped(0.3, 0.95, 300)),
      p99Seconds: stepped(0.1, 2, 300),
      peers: { auth: aPeer({ p99Seconds: stepped(0.05, 1.5, 300) }) },
    }),
    "CpuRunaway",
  ],

  // Upstream failure
  [
    "errors follow those of a dependency",
    seen(calm, { errorRatio: stepped(0, 0.5, 300), peers: { auth: authDown } }),
    "UpstreamFailure",
  ],
  [
    "a dependency fails right after the victim's own rollout",
    seen(rolledOut(330), { errorRatio: stepped(0, 0.5, 300), peers: { auth: authDown } }),
    "UpstreamFailure",
  ],
  [
    "latency follows a dependency that is slow",
    seen(calm, { p99Seconds: stepped(0.1, 2, 300), peers: { auth: aPeer({ p99Seconds: stepped(0.05, 1.5, 300) }) } }),
    "UpstreamFailure",
  ],
  [
    "two dependencies, asked one after the other, are slow, each for less than half of the time",
    seen(calm, {
      p99Seconds: stepped(0.1, 2.4, 300),
      peers: {
        auth: aPeer({ p99Seconds: stepped(0.05, 1, 300) }),
        user: aPeer({ p99Seconds: stepped(0.05, 1, 300) }),
      },
    }),
    "UpstreamFailure",
  ],
  [
    "a dependency seems slow to a caller that has used up most of its own CPU",
    seen(calm, {
      ...cpuOf(stepped(0.3, 0.8, 300)),
      p99Seconds: stepped(0.1, 2, 300),
      peers: { auth: aPeer({ p99Seconds: stepped(0.05, 1.5, 300) }) },
    }),
    "Unknown",
  ],
  [
    "a dependency is slow, and the caller has CPU to spare",
    seen(calm, {
      ...cpuOf(stepped(0.3, 0.7, 300)),
      p99Seconds: stepped(0.1, 2, 300),
      peers: { auth: aPeer({ p99Seconds: stepped(0.05, 1.5, 300) }) },
    }),
    "UpstreamFailure",
  ],
  [
    "latency far above that of its dependencies",
    seen(calm, { p99Seconds: stepped(0.1, 2, 300), peers: { auth: aPeer({ p99Seconds: stepped(0.05, 0.6, 300) }) } }),
    "Unknown",
  ],
  [
    "not ready because a dependency fails, with its process well",
    seen(aWorkload({ pods: hanging }), { peers: { auth: authDown } }),
    "UpstreamFailure",
  ],
  [
    "its calls fail, and the dependency counted no errors when it was last reached, three samples ago",
    seen(calm, {
      errorRatio: stepped(0, 0.5, 300),
      peers: {
        auth: aPeer({ errorRatio: stepped(0, 1, 300), ownErrorRatio: seriesOf((ago) => (ago > 80 ? 0 : undefined)) }),
      },
    }),
    "UpstreamFailure",
  ],
  [
    "errors beside a dependency that counts none itself",
    seen(calm, { errorRatio: stepped(0, 0.5, 300), peers: { auth: aPeer({ errorRatio: stepped(0, 0.6, 300) }) } }),
    "Unknown",
  ],
  [
    "errors follow a dependency that counts nothing",
    seen(calm, {
      errorRatio: stepped(0, 0.5, 300),
      peers: { auth: aPeer({ errorRatio: stepped(0, 0.6, 300), ownErrorRatio: [] }) },
    }),
    "UpstreamFailure",
  ],
  [
    "errors beside a dependency that failed until ten minutes ago and is not called since",
    seen(calm, {
      errorRatio: stepped(0, 0.5, 300),
      peers: { auth: aPeer({ errorRatio: seriesOf((ago) => (ago > 600 ? 0.6 : undefined)), p99Seconds: [] }) },
    }),
    "Unknown",
  ],
  [
    "errors and its own crashes, beside a dependency that fails",
    seen(aWorkload({ pods: crashed(60) }), { errorRatio: stepped(0, 0.5, 300), peers: { auth: authDown } }),
    "Unknown",
  ],
];

test.each(rows)("%s", (_, given, cause) => {
  expect(diagnose(given).cause).toBe(cause);
});

test("a diagnosis says what speaks for and against it, in sentences with numbers", () => {
  const errors = { errorRatio: stepped(0, 0.5, 270) };
  expect(diagnose(seen(rolledOut(300), errors))).toEqual({
    cause: "BadRevision",
    confidence: 0.9,
    for: [
      { text: "50 % of requests fail, since 30 s after revision 2 was rolled out", source: "prometheus" },
      { text: "revision 1 was ready and without this symptom", source: "revisions" },
    ],
    against: [],
  });
  const peers = { auth: authDown };
  expect(diagnose(seen(calm, { errorRatio: stepped(0, 0.5, 300), peers }))).toEqual({
    cause: "UpstreamFailure",
    confidence: 0.7,
    for: [
      { text: "60 % of calls to auth fail; auth itself counts 60 %", source: "prometheus" },
      { text: "50 % of requests fail", source: "prometheus" },
    ],
    against: [{ text: "its own pods neither crash nor lack CPU or memory", source: "pods" }],
  });
  expect(diagnose(seen(aWorkload({ pods: neverReady })))).toEqual({
    cause: "Unknown",
    confidence: 0,
    for: [{ text: "2 of 3 pods are ready", source: "pods" }],
    against: [{ text: "no cause explains this", source: "alert" }],
  });
});

test("what anomaly-score says stands beside what signals alone say, and beside nothing that is sure", () => {
  const high = { cpuByPod: { "web-2-a": stepped(0.3, 0.95, 300) }, requestRate: stepped(10, 20, 300) };
  const traffic = diagnose(seen(calm, high));
  expect(diagnose(odd(seen(calm, high), slowAnswers))).toEqual({
    ...traffic,
    for: [...traffic.for, { text: slowAnswers.text, source: "anomaly-score" }],
  });
  expect(diagnose(odd(seen(calm, high)))).toEqual({
    ...traffic,
    against: [{ text: "no metric is unlike what it usually is", source: "anomaly-score" }],
  });
  const hung = seen(aWorkload({ pods: hanging }));
  expect(diagnose(odd(hung, slowAnswers))).toEqual(diagnose(hung));
  const creeping = diagnose(odd(seen(calm, memoryOf(rising(0.3, 0.42, 3600))), highMemory));
  expect(creeping).toEqual({
    cause: "MemoryLeak",
    confidence: 0.7,
    for: [
      { text: highMemory.text, source: "anomaly-score" },
      { text: "memory of web-2-a rose from 31 % to 42 % of its limit, and still does", source: "prometheus" },
    ],
    against: [],
  });
});

test.each<[sentence: string, readyNow: number, readyOnce: Record<string, number>, name: string | undefined]>([
  ["ready now", 1, {}, "web-1"],
  ["ready within memory", 0, { "web-1": 1 }, "web-1"],
  ["never ready as far as known", 0, { "web-1": 0, "web-2": 3 }, undefined],
])("the revision to go back to: %s", (_, readyPods, readyOnce, name) => {
  const revisions = current && earlier ? [current, { ...earlier, readyPods }] : [];
  expect(lastHealthyRevision(aWorkload({ revisions }), readyOnce)?.name).toBe(name);
});

test("the revision to go back to: one that never got ready is passed over", () => {
  const of = (n: number) => ({
    ...(earlier as NonNullable<typeof earlier>),
    name: `web-${n}`,
    number: n,
    readyPods: 0,
  }); // reason: it has one
  const revisions = current ? [{ ...current, number: 4 }, { ...of(3), fingerprint: "3" }, of(1)] : [];
  expect(lastHealthyRevision(aWorkload({ revisions }), { "web-1": 2 })?.name).toBe("web-1");
});
