import fc from "fast-check";
import { expect, test } from "vitest";
import { type Cause, causes } from "../cause/index.ts";
import type { Seen } from "../diagnosis/index.ts";
import { defaultThresholds, noSignals, type Signals } from "../evidence/index.ts";
import type { Change } from "../incident/index.ts";
import { defaultPolicy } from "../policy/index.ts";
import { anAutoscaler, aPod, aReplicaSet, aWorkload, now, theObjects } from "../testing/index.ts";
import { readWorkload, type Workload } from "../workload/index.ts";
import { againstUndo, ladders, templateAfter, treatmentOf, undoOf } from "./index.ts";

const readAt = now.getTime() / 1000;

/** Samples every 30 s of the last hour: one level, and another for the last 5 minutes. */
const step = (before: number, after: number) =>
  Array.from({ length: 121 }, (_, i) => ({ at: readAt - 3600 + i * 30, value: i < 111 ? before : after }));

/** CPU at its limit for 5 minutes, with so many times the requests of before. */
function busier(times: number): Partial<Signals> {
  return { cpuByPod: { "web-2-a": step(0.2, 0.95) }, requestRate: step(10, 10 * times) };
}

function seen(workload: Workload = aWorkload(), signals: Partial<Signals> = {}): Seen {
  const all = { ...noSignals, readAt, stepSeconds: 30, readyByRevision: { "web-1": 3 }, ...signals };
  return { workload, signals: all, thresholds: defaultThresholds, troubles: [], now };
}
const diagnosis = (cause: Cause) => ({ cause, confidence: 0.9, for: [], against: [] });
const treat = (cause: Cause, what: Seen = seen(), tried = 0, policy = defaultPolicy) =>
  treatmentOf(diagnosis(cause), what, policy, tried);

const scaledBy = (currentReplicas: number) =>
  readWorkload(theObjects({ autoscalers: [anAutoscaler({ status: { currentReplicas, desiredReplicas: 3 } })] }));
/** Pods of which those that are false were ready until long ago, and hang. */
const pods = (...ready: boolean[]) =>
  readWorkload(theObjects({ pods: ready.map((is, i) => aPod("abcdef"[i] ?? "", is)) }));

test.each<[sentence: string, cause: Cause, seen: Seen, treatment: object]>([
  ["a leak: all pods are restarted", "MemoryLeak", seen(), { remedy: "restart", change: { what: "restartRollout" } }],
  [
    "CPU without traffic: all pods are restarted",
    "CpuRunaway",
    seen(),
    { remedy: "restart", change: { what: "restartRollout" } },
  ],
  [
    "a hang: the pods that hang",
    "Hang",
    seen(pods(true, false, false)),
    {
      remedy: "restart",
      change: {
        what: "restartPods",
        pods: [
          { name: "web-2-b", uid: "uid-b" },
          { name: "web-2-c", uid: "uid-c" },
        ],
      },
    },
  ],
  [
    "a bad revision: back to the one before",
    "BadRevision",
    seen(),
    {
      remedy: "rollback",
      change: {
        what: "rollBack",
        toRevision: "web-1",
        toUid: "uid-web-1",
        fromRevision: "web-2",
        fromUid: "uid-web-2",
      },
    },
  ],
  [
    "a bad template: back past a revision that never was ready",
    "BadTemplate",
    seen(readWorkload(theObjects({ revisions: [aReplicaSet(0), aReplicaSet(1), aReplicaSet(2)] })), {
      readyByRevision: { "web-0": 2 },
    }),
    {
      remedy: "rollback",
      change: {
        what: "rollBack",
        toRevision: "web-0",
        toUid: "uid-web-0",
        fromRevision: "web-2",
        fromUid: "uid-web-2",
      },
    },
  ],
  ["traffic grew by a bit: half as many pods more", "CpuTraffic", seen(aWorkload(), busier(1.2)), scale(5)],
  ["traffic grew by 1.7: as many times the pods", "CpuTraffic", seen(aWorkload(), busier(1.7)), scale(6)],
  ["traffic grew tenfold: twice the pods, no more at a time", "CpuTraffic", seen(aWorkload(), busier(10)), scale(6)],
  ["traffic is unknown: half as many pods more", "CpuTraffic", seen(), scale(5)],
  ["one pod: two", "CpuTraffic", seen(aWorkload({ replicas: 1 })), scale(2, 1)],
  ["nine pods: the policy's ten", "CpuTraffic", seen(aWorkload({ replicas: 9 })), scale(10, 9)],
  [
    "an autoscaler at its maximum: a higher one",
    "CpuTraffic",
    seen(scaledBy(3)),
    {
      remedy: "scale",
      change: { what: "setMaxReplicas", hpa: "web", hpaUid: "uid-hpa", maxReplicas: 5, fromMaxReplicas: 3 },
    },
  ],
])("%s", (_sentence, cause, what, treatment) => {
  expect(treat(cause, what)).toEqual(treatment);
});

function homeless(workload: Workload): Workload {
  const pods = workload.pods.map((pod, i) => (i === 0 ? { ...pod, ready: false, unschedulable: true } : pod));
  return { ...workload, pods };
}

function scale(replicas: number, fromReplicas = 3) {
  return { remedy: "scale", change: { what: "setReplicas", replicas, fromReplicas } };
}

test.each<[sentence: string, cause: Cause, seen: Seen, reason: string, tried?: number]>([
  ["the cause is in a dependency", "UpstreamFailure", seen(), "UpstreamFailure"],
  ["a rollout is going on", "RolloutInProgress", seen(), "RolloutInProgress"],
  ["nothing is wrong", "NothingWrong", seen(), "NothingWrong"],
  ["the alert leads to no workload", "TargetUnknown", seen(), "TargetUnknown"],
  ["no cause explains it", "Unknown", seen(), "CauseUnknown"],
  ["it leaks again after a restart", "MemoryLeak", seen(), "LadderExhausted", 1],
  ["it was rolled back before", "BadRevision", seen(), "LadderExhausted", 1],
  ["it was scaled twice", "CpuTraffic", seen(), "LadderExhausted", 2],
  ["no pod hangs any more", "Hang", seen(), "NothingWrong"],
  [
    "no earlier revision was ever ready",
    "BadRevision",
    seen(aWorkload(), { readyByRevision: {} }),
    "NoHealthyRevision",
  ],
  [
    "it has no earlier revision",
    "BadTemplate",
    seen(readWorkload(theObjects({ revisions: [aReplicaSet(2)] }))),
    "NoHealthyRevision",
  ],
  ["it has as many pods as the policy allows", "CpuTraffic", seen(aWorkload({ replicas: 10 })), "AtMaxReplicas"],
  ["it has more pods than the policy allows", "CpuTraffic", seen(aWorkload({ replicas: 12 })), "AtMaxReplicas"],
  ["an autoscaler still has room", "CpuTraffic", seen(scaledBy(2)), "OwnedByAutoscaler"],
  ["no node has room for one of its pods", "CpuTraffic", seen(homeless(aWorkload())), "AtMaxReplicas", 1],
  ["no node has room for what its autoscaler wants", "CpuTraffic", seen(homeless(scaledBy(3))), "AtMaxReplicas"],
  ["a DaemonSet can't be scaled", "CpuTraffic", seen(aWorkload({ kind: "DaemonSet" })), "AtMaxReplicas"],
])("holds: %s", (_sentence, cause, what, reason, tried = 0) => {
  expect(treat(cause, what, tried)).toEqual({ verdict: "hold", reason, message: expect.stringMatching(/\S/) });
});

test("a second rung is taken when the first is finished and did not help", () => {
  expect(treat("CpuTraffic", seen(aWorkload({ replicas: 5 })), 1)).toEqual(scale(8, 5));
});

test("an autoscaler at the policy's maximum holds", () => {
  const policy = { ...defaultPolicy, maxReplicas: 3 };
  expect(treat("CpuTraffic", seen(scaledBy(3)), 0, policy)).toMatchObject({ reason: "AtMaxReplicas" });
});

test("every cause has a ladder, and none is climbed past its end", () => {
  for (const cause of causes) {
    expect(treat(cause, seen(), ladders[cause].length)).toMatchObject({ verdict: "hold" });
  }
});

test("replicas only grow, at most to double, and never past the policy", () => {
  fc.assert(
    fc.property(fc.nat(20), fc.nat(20), fc.double({ min: 0, max: 50, noNaN: true }), (replicas, maxReplicas, times) => {
      const policy = { ...defaultPolicy, maxReplicas };
      const treatment = treat("CpuTraffic", seen(aWorkload({ replicas }), busier(times)), 0, policy);
      if ("verdict" in treatment) {
        expect(replicas === 0 || replicas >= maxReplicas).toBe(true);
        return;
      }
      const to = treatment.change.what === "setReplicas" ? treatment.change.replicas : Number.NaN;
      expect(to).toBeGreaterThan(replicas);
      expect(to).toBeLessThanOrEqual(Math.min(maxReplicas, replicas * 2));
    }),
  );
});

test.each<[change: Change, undo: Change | undefined]>([
  [{ what: "restartRollout" }, undefined],
  [{ what: "restartPods", pods: [{ name: "a", uid: "u" }] }, undefined],
  [
    { what: "setReplicas", replicas: 6, fromReplicas: 3 },
    { what: "setReplicas", replicas: 3, fromReplicas: 6 },
  ],
  [
    { what: "setMaxReplicas", hpa: "web", hpaUid: "u", maxReplicas: 6, fromMaxReplicas: 3 },
    { what: "setMaxReplicas", hpa: "web", hpaUid: "u", maxReplicas: 3, fromMaxReplicas: 6 },
  ],
  [
    { what: "rollBack", toRevision: "a", toUid: "ua", fromRevision: "b", fromUid: "ub" },
    { what: "rollBack", toRevision: "b", toUid: "ub", fromRevision: "a", fromUid: "ua" },
  ],
])("taking back $what, and that again", (change, undo) => {
  expect(undoOf(change)).toEqual(undo);
  if (undo) expect(undoOf(undo)).toEqual(change);
});

const toFive = { what: "setReplicas" as const, replicas: 5, fromReplicas: 3 };
const toMaxFive = { what: "setMaxReplicas" as const, hpa: "web", hpaUid: "h", maxReplicas: 5, fromMaxReplicas: 3 };

const withMaximum = (maxReplicas: number): Partial<Workload> => {
  const { autoscaler } = scaledBy(3);
  return { autoscaler: autoscaler && { ...autoscaler, maxReplicas } };
};

test.each<[sentence: string, change: Change, workload: Partial<Workload>, against: string | undefined]>([
  ["replicas that still stand", toFive, { replicas: 5 }, undefined],
  ["replicas that somebody changed", toFive, { replicas: 6 }, "somebody has changed it again since"],
  [
    "members of a StatefulSet",
    toFive,
    { replicas: 5, kind: "StatefulSet" },
    "its newest pods may be members of what it stores by now",
  ],
  ["a maximum that still stands", toMaxFive, withMaximum(5), undefined],
  ["a maximum that somebody changed", toMaxFive, withMaximum(9), "somebody has changed it again since"],
  ["a restart", { what: "restartRollout" }, {}, "a restart can't be taken back"],
])("what speaks against taking back %s", (_, change, workload, against) => {
  expect(againstUndo(change, aWorkload(workload))).toBe(against);
});

test("a rollback leaves the template of the revision that it goes to, and what else is done the one that is there", () => {
  const { revisions, template } = aWorkload();
  const [from, to] = revisions;
  const back = { what: "rollBack" as const, toRevision: to?.name ?? "", toUid: "", fromRevision: "", fromUid: "" };
  expect(templateAfter(back, aWorkload())).toBe(to?.fingerprint);
  expect(templateAfter(toFive, aWorkload())).toBe(template);
  expect([from?.fingerprint, to?.fingerprint === template]).toEqual([template, false]);
});

const undo = "kubectl rollout undo statefulset/web -n shop";

test.each<[sentence: string, more: Partial<Workload>, reason: string, message: string]>([
  [
    "its broken pod would block it",
    { rollout: "Stuck" },
    "BrokenPodBlocks",
    `Kubernetes waits for its broken pod even when the template is put back: ${undo}, then kubectl delete pod web-2-a -n shop`,
  ],
  [
    "it keeps data",
    { keepsData: true },
    "KeepsData",
    `it keeps data, whose form the newer revision may have changed; else: ${undo}`,
  ],
  [
    "it keeps data, and its broken pod would block it",
    { keepsData: true, rollout: "Stuck" },
    "KeepsData",
    `it keeps data, whose form the newer revision may have changed; else: ${undo}, then kubectl delete pod web-2-a -n shop`,
  ],
])("a StatefulSet is left to a person, who is told how, when %s", (_, more, reason, message) => {
  const workload = aWorkload({ kind: "StatefulSet", ordered: true, pods: pods(false, true, true).pods, ...more });
  expect(treat("BadTemplate", seen(workload))).toEqual({ verdict: "hold", reason, message });
});

test.each<[sentence: string, more: Partial<Workload>]>([
  ["its pods are replaced side by side", { ordered: false, rollout: "Stuck" }],
  ["its rollout is through", { ordered: true, rollout: "Complete" }],
])("a StatefulSet is rolled back when %s", (_, more) => {
  expect(treat("BadRevision", seen(aWorkload({ kind: "StatefulSet", ...more })))).toMatchObject({ remedy: "rollback" });
});
