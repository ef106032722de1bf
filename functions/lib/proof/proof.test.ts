import { expect, test } from "vitest";
import type { Trouble } from "../evidence/index.ts";
import type { Change, Remediation } from "../incident/index.ts";
import { aRemediation, aWorkload, level, now, secondsAgo, stepped, theSignals } from "../testing/index.ts";
import type { Pod, Workload } from "../workload/index.ts";
import { type Aftermath, healthOf, type Proof, prove } from "./index.ts";

const policy = { stableForSeconds: 60, proofDeadlineSeconds: 600 };
const applied = (remediation: Partial<Remediation> = {}): Remediation =>
  aRemediation({ state: "Applied", appliedAt: secondsAgo(120), ...remediation });
const failing: Trouble = { kind: "ErrorsHigh", text: "50 % of requests fail", source: "prometheus" };

/** Two minutes after a restart: all is well, since 60 s, and no alert fires. */
const calm: Aftermath = {
  remediation: applied({ healthySince: secondsAgo(60) }),
  workload: aWorkload(),
  signals: theSignals(),
  troubles: [],
  alertsFiring: 0,
  policy,
  rateWindowSeconds: 60,
  now,
};
const stable = (seconds: number, more: Partial<Remediation> = {}) => ({
  remediation: applied({ healthySince: secondsAgo(seconds), ...more }),
});
const after = (seconds: number, more: Partial<Remediation> = {}) => ({
  remediation: applied({ appliedAt: secondsAgo(seconds), ...more }),
});
const healthyNow = now.toISOString();

test.each<[sentence: string, aftermath: Partial<Aftermath>, proof: Proof]>([
  ["healthy for as long as the policy asks, and no alert fires", {}, { state: "Recovered" }],
  [
    "healthy for a second less",
    stable(59),
    { state: "Watching", healthySince: secondsAgo(59), waitingFor: "healthy for 59 of 60 s" },
  ],
  [
    "healthy from now on",
    { remediation: applied() },
    { state: "Watching", healthySince: healthyNow, waitingFor: "healthy for 0 of 60 s" },
  ],
  [
    "healthy since a time that a clock ahead of ours told: from now on",
    stable(-3600),
    { state: "Watching", healthySince: healthyNow, waitingFor: "healthy for 0 of 60 s" },
  ],
  [
    "healthy, but an alert still fires: its rule looks back",
    { alertsFiring: 2 },
    { state: "Watching", healthySince: secondsAgo(60), waitingFor: "2 of its alerts still fire" },
  ],
  [
    "its alerts are resolved, but it is not healthy: resolved alone is no proof",
    { troubles: [failing] },
    { state: "Watching", waitingFor: "50 % of requests fail" },
  ],
  [
    "its rollout goes on",
    { workload: aWorkload({ rollout: "Progressing" }) },
    { state: "Watching", waitingFor: "the rollout goes on" },
  ],
  [
    "not healthy at the deadline",
    { ...after(600), troubles: [failing] },
    { state: "Watching", waitingFor: "50 % of requests fail" },
  ],
  [
    "not healthy past the deadline",
    { ...after(601), troubles: [failing] },
    { state: "Failed", message: "50 % of requests fail" },
  ],
  [
    "its rollout goes on past the deadline",
    { ...after(601), workload: aWorkload({ rollout: "Progressing" }) },
    { state: "Failed", message: "the rollout goes on" },
  ],
  [
    "the rollout of a restart is stuck, past the deadline",
    { ...after(601), workload: aWorkload({ rollout: "Stuck" }) },
    { state: "Failed", message: "the rollout goes on" },
  ],
  [
    "healthy past the deadline, and an alert still fires",
    { ...after(601, { healthySince: secondsAgo(60) }), alertsFiring: 1 },
    { state: "Inconclusive", message: "healthy, but 1 of its alerts still fire" },
  ],
  [
    "errors were counted before, and nothing counts them any more: alerts resolve of that too",
    { ...stable(60, { before: { readyPods: 3, errorRatio: 0.5 } }), signals: theSignals({ errorRatio: [] }) },
    { state: "Watching", healthySince: secondsAgo(60), waitingFor: "nothing counts its errors any more" },
  ],
  [
    "latency was measured before, and is not any more, past the deadline",
    {
      ...after(601, { healthySince: secondsAgo(60), before: { readyPods: 3, p99Seconds: 2 } }),
      signals: theSignals({ p99Seconds: [] }),
    },
    { state: "Inconclusive", message: "healthy, but nothing measures its latency any more" },
  ],
  [
    "nothing was measured before, and nothing is",
    { ...stable(60), signals: theSignals({ errorRatio: [], p99Seconds: [] }) },
    { state: "Recovered" },
  ],
  [
    "somebody scaled it to none",
    { workload: aWorkload({ replicas: 0, pods: [] }) },
    { state: "Watching", healthySince: secondsAgo(60), waitingFor: "none of its pods is there to be so" },
  ],
  [
    "healthy only just, past the deadline: it may finish its time",
    after(601, { healthySince: secondsAgo(10) }),
    { state: "Watching", healthySince: secondsAgo(10), waitingFor: "healthy for 10 of 60 s" },
  ],
])("%s", (_, aftermath, proof) => {
  expect(prove({ ...calm, ...aftermath })).toEqual(proof);
});

const ready = (n: number): Workload =>
  aWorkload({ pods: aWorkload().pods.map((pod: Pod, i) => ({ ...pod, ready: i < n })) });
/** Two pods are ready, the third has not been for so long. */
const unreadyFor = (seconds: number): Workload =>
  aWorkload({
    pods: aWorkload().pods.map((pod: Pod, i) => ({
      ...pod,
      ready: i < 2,
      readySince: secondsAgo(i < 2 ? 999 : seconds),
    })),
  });
const scaled: Change = { what: "setReplicas", replicas: 3, fromReplicas: 2 };
const rolledBack: Change = { what: "rollBack", toRevision: "web-1", toUid: "a", fromRevision: "web-2", fromUid: "b" };
const changed = (change: Change, before: Remediation["before"], seconds = 120) => ({
  ...after(seconds, { remedy: "scale", change, before }),
  troubles: [failing],
});
const watching: Proof = { state: "Watching", waitingFor: "50 % of requests fail" };

test.each<[sentence: string, aftermath: Partial<Aftermath>, proof: Proof]>([
  [
    "fewer pods are ready",
    { ...changed(scaled, { readyPods: 3 }), workload: ready(2) },
    { state: "Worse", message: "2 pods are ready, 3 were before" },
  ],
  ["as many pods are ready", { ...changed(scaled, { readyPods: 2 }), workload: ready(2) }, watching],
  [
    "fewer pods are ready, while its rollout goes on",
    { ...changed(scaled, { readyPods: 3 }), workload: { ...ready(2), rollout: "Progressing" } },
    watching,
  ],
  [
    "fewer pods are ready, but signals lag: not within the first minute",
    { ...changed(scaled, { readyPods: 3 }, 59), workload: ready(2) },
    watching,
  ],
  [
    "fewer pods are ready, after the first minute",
    { ...changed(scaled, { readyPods: 3 }, 60), workload: ready(2) },
    { state: "Worse", message: "2 pods are ready, 3 were before" },
  ],
  [
    "one pod blinks, or was made anew on another node: that is no doing of the remedy",
    { ...changed(rolledBack, { readyPods: 3 }), workload: unreadyFor(59) },
    watching,
  ],
  [
    "one pod has not been ready for as long as healthy ones have to be",
    { ...changed(rolledBack, { readyPods: 3 }), workload: unreadyFor(60) },
    { state: "Worse", message: "2 pods are ready, 3 were before" },
  ],
  [
    "fewer pods are ready, as fewer are wanted by now: an autoscaler took some away",
    { ...changed(rolledBack, { readyPods: 5 }), workload: ready(3) },
    watching,
  ],
  [
    "fewer pods are ready than before, and than are wanted by now",
    { ...changed(rolledBack, { readyPods: 5 }), workload: ready(2) },
    { state: "Worse", message: "2 pods are ready, 5 were before" },
  ],
  [
    "a fifth more errors",
    { ...changed(scaled, { readyPods: 3, errorRatio: 0.25 }), signals: theSignals({ errorRatio: level(0.45) }) },
    watching,
  ],
  [
    "more than that",
    { ...changed(scaled, { readyPods: 3, errorRatio: 0.25 }), signals: theSignals({ errorRatio: level(0.5) }) },
    { state: "Worse", message: "50 % of requests fail, 25 % did before" },
  ],
  [
    "more than that, but the rates still look at what was before",
    { ...changed(scaled, { readyPods: 3, errorRatio: 0.25 }, 119), signals: theSignals({ errorRatio: level(0.5) }) },
    watching,
  ],
  [
    "more than that, but less a minute ago: it comes and goes",
    {
      ...changed(scaled, { readyPods: 3, errorRatio: 0.25 }),
      signals: theSignals({ errorRatio: stepped(0.1, 0.75, 30) }),
    },
    watching,
  ],
  [
    "errors of before are not known",
    { ...changed(scaled, { readyPods: 3 }), signals: theSignals({ errorRatio: level(0.9) }) },
    watching,
  ],
  [
    "the rollout of the remedy is stuck, at once",
    { ...changed(scaled, { readyPods: 0 }, 1), workload: aWorkload({ rollout: "Stuck" }) },
    { state: "Worse", message: "the rollout of the remedy is stuck" },
  ],
  [
    "the rollout that the remedy replaces was stuck, and its last pods are still going",
    {
      ...changed(rolledBack, { readyPods: 0 }, 10),
      workload: aWorkload({ rollout: "Stuck", stuckSince: secondsAgo(300) }),
      remediation: applied({ change: rolledBack, before: { readyPods: 0 }, requestedAt: secondsAgo(12) }),
    },
    watching,
  ],
  [
    "the rollout of the remedy has got stuck since",
    {
      ...changed(rolledBack, { readyPods: 0 }, 10),
      workload: aWorkload({ rollout: "Stuck", stuckSince: secondsAgo(12) }),
      remediation: applied({ change: rolledBack, before: { readyPods: 0 }, requestedAt: secondsAgo(12) }),
    },
    { state: "Worse", message: "the rollout of the remedy is stuck" },
  ],
  [
    "a restart can't be taken back: it is never worse, only failed",
    { ...changed({ what: "restartRollout" }, { readyPods: 3, errorRatio: 0 }), workload: ready(0) },
    watching,
  ],
])("worse than before? %s", (_, aftermath, proof) => {
  expect(prove({ ...calm, ...aftermath })).toEqual(proof);
});

test("health is what a remediation must not make worse; what is not known is left out", () => {
  expect(healthOf(ready(2), theSignals({ errorRatio: level(0.2) }))).toEqual({
    readyPods: 2,
    errorRatio: 0.2,
    p99Seconds: 0.1,
  });
  expect(healthOf(aWorkload(), theSignals({ errorRatio: [], p99Seconds: [] }))).toEqual({ readyPods: 3 });
});
