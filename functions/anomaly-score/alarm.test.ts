import { type HeldAlert, targetOf } from "@autoheal/lib/alert";
import type { Judgement, Score, TooLittle } from "@autoheal/lib/anomaly";
import type { RaisedAlert } from "@autoheal/lib/drivers/alertmanager";
import { now, secondsAgo } from "@autoheal/lib/testing";
import type { WorkloadRef } from "@autoheal/lib/workload";
import { describe, expect, test } from "vitest";
import { alarmsOf } from "./alarm.ts";

const tickSeconds = 300;
/** Three ticks from now. */
const kept = secondsAgo(-3 * tickSeconds);
const web: WorkloadRef = { kind: "Deployment", namespace: "shop", name: "web" };

const reason = {
  metric: "p99 latency",
  against: "time-of-day",
  size: 8.2,
  level: 8,
  value: 1.5,
  atSeconds: 0,
  text: "p99 latency is 8.2 robust sd above this hour's usual",
} as const;
const answered = {
  breaches: [],
  baseline: { points: 2880, missing: 0, method: "channels", leftOut: [], thinned: 0 },
  repeat: { seed: "", engine: "own", methodVersion: 1, configDigest: "", questionDigest: "" },
} as const;

/** Well: nothing is odd. */
function well(more: Partial<Judgement> = {}): Judgement {
  return {
    ...answered,
    verdict: "NORMAL",
    score: 0.2,
    p: 0.3,
    atSeconds: 0,
    now: { score: 0.1, p: 0.5, alarm: false },
    threshold: { budget: { falseAlarms: 1, perSeconds: 604_800 }, p: 1e-5, points: 2, of: 3 },
    reasons: [],
    alarms: [],
    explained: [],
    points: {
      startSeconds: 0,
      stepSeconds: 60,
      p: new Float64Array(),
      score: new Float64Array(),
      alarm: new Uint8Array(),
    },
    drift: { drifted: false, metrics: [] },
    ...more,
  };
}

/** Unlike itself for ten minutes, and at the last point too. */
function odd(more: Partial<Judgement> = {}): Judgement {
  const from = now.getTime() / 1000 - 600;
  return well({
    verdict: "ANOMALOUS",
    score: 0.8,
    p: 1.2e-9,
    now: { score: 0.7, p: 1e-8, alarm: true },
    reasons: [reason],
    alarms: [{ fromSeconds: from, toSeconds: from + 600, p: 1.2e-9, score: 0.8, reasons: [reason] }],
    ...more,
  });
}

/** Was unlike itself within the judged points, and is no longer. */
const over = odd({ now: { score: 0.3, p: 0.1, alarm: false } });
/** Its last points have no value: it may be gone, or Prometheus lost sight of it. */
const unseen = odd({ now: { score: Number.NaN, p: Number.NaN, alarm: false } });
const tooLittle: TooLittle = { ...answered, verdict: "INSUFFICIENT_DATA", why: "TooFewPoints", message: "" };

const labels = {
  alertname: "WorkloadAnomalous",
  namespace: "shop",
  deployment: "web",
  severity: "warning",
  autoheal_type: "anomaly",
};
/** What Alertmanager holds of the web: told an hour ago. */
function held(more: Partial<HeldAlert> = {}): HeldAlert {
  return {
    status: "firing",
    state: "active",
    labels,
    annotations: { summary: "as it was told last" },
    startsAt: secondsAgo(3600),
    endsAt: secondsAgo(-60),
    fingerprint: "f1",
    ...more,
  };
}
const annotations = {
  summary: "shop/Deployment/web is unlike itself: p99 latency is 8.2 robust sd above this hour's usual",
  description: "p99 latency is 8.2 robust sd above this hour's usual",
  score: "0.800",
  p: "1.20e-9",
  runbook_url: "monitoring/runbooks/WorkloadAnomalous.md",
};

const alarms = (score: Score | undefined, alerts: readonly HeldAlert[]) =>
  alarmsOf([{ workload: web, score }], alerts, now, tickSeconds);
const begun: RaisedAlert = { labels, annotations, startsAt: secondsAgo(600), endsAt: kept };
const ended: RaisedAlert = {
  labels,
  annotations: held().annotations,
  startsAt: secondsAgo(3600),
  endsAt: now.toISOString(),
};

test.each<[sentence: string, score: Score | undefined, alerts: HeldAlert[], told: RaisedAlert[]]>([
  ["well: nothing is said", well(), [], []],
  ["odd: an alarm, from when it began, for three ticks", odd(), [], [begun]],
  [
    "it goes on: begun when it was, kept alive, in today's words",
    odd(),
    [held()],
    [{ ...begun, startsAt: secondsAgo(3600) }],
  ],
  [
    "it goes on though it is silenced: Alertmanager forgets no silence",
    odd(),
    [held({ state: "suppressed" })],
    [{ ...begun, startsAt: secondsAgo(3600) }],
  ],
  [
    "it goes on, though by itself it would not be believed: it was",
    odd({ p: 0.9 }),
    [held()],
    [{ ...begun, startsAt: secondsAgo(3600), annotations: { ...annotations, p: "9.00e-1" } }],
  ],
  ["it is over: ended now", over, [held()], [ended]],
  ["it is well: ended now", well(), [held()], [ended]],
  ["a silenced one is ended, too", well(), [held({ state: "suppressed" })], [ended]],
  ["it was, and is over before anybody was told: nothing is said", over, [], []],
  ["too little to judge by: nothing is said", tooLittle, [], []],
  ["too little to judge by: what was told ends by itself", tooLittle, [held()], []],
  ["nothing is known of now: what was told ends by itself", unseen, [held()], []],
  ["nothing is known of now: nothing is said", unseen, [], []],
  ["not judged: nothing is said", undefined, [], []],
  ["not judged: what was told ends by itself", undefined, [held()], []],
  [
    "an alarm of another workload is none of its own",
    odd(),
    [held({ labels: { ...labels, deployment: "api" } })],
    [begun],
  ],
  [
    "nor is that of another kind of its name",
    odd(),
    [held({ labels: { alertname: "WorkloadAnomalous", namespace: "shop", statefulset: "web" } })],
    [begun],
  ],
  ["nor that of another namespace", odd(), [held({ labels: { ...labels, namespace: "bank" } })], [begun]],
  [
    "no reason: the alarm says none",
    odd({ reasons: [] }),
    [],
    [{ ...begun, annotations: { ...annotations, summary: "shop/Deployment/web is unlike itself", description: "" } }],
  ],
  [
    "two alarms among the judged points: from the last one's begin",
    odd({ alarms: [{ ...odd().alarms[0], fromSeconds: 0 } as never, ...odd().alarms] }), // reason: there is one
    [],
    [begun],
  ],
])("%s", (_, score, alerts, told) => {
  expect(alarms(score, alerts)).toEqual(told);
});

test("of a workload that nobody watches any more nothing is said", () => {
  expect(alarmsOf([], [held()], now, tickSeconds)).toEqual([]);
});

test.each(["Deployment", "StatefulSet", "DaemonSet"] as const)(
  "labels lead to a %s, and find its alarm again",
  (kind) => {
    const workload = { kind, namespace: "shop", name: "web.v2" };
    const [alarm] = alarmsOf([{ workload, score: odd() }], [], now, tickSeconds);
    expect(targetOf(alarm?.labels ?? {})).toEqual({ by: "workload", ...workload });
    const [again] = alarmsOf([{ workload, score: well() }], [held({ ...alarm })], now, tickSeconds);
    expect(again).toMatchObject({ labels: alarm?.labels, startsAt: alarm?.startsAt, endsAt: now.toISOString() });
  },
);

describe("clusters that share an Alertmanager", () => {
  const east = (score: Score, alerts: readonly HeldAlert[]) =>
    alarmsOf([{ workload: web, score }], alerts, now, tickSeconds, "east");
  const heldIn = (cluster: string) => held({ labels: { ...labels, cluster } });

  test("an alarm says whose it is", () => {
    expect(east(odd(), [])).toEqual([{ ...begun, labels: { ...labels, cluster: "east" } }]);
  });

  test("each ends its own, and none of another", () => {
    expect(east(well(), [heldIn("west")])).toEqual([]);
    expect(alarms(well(), [heldIn("west")])).toEqual([]);
    expect(east(well(), [heldIn("east")])).toEqual([{ ...ended, labels: { ...labels, cluster: "east" } }]);
  });
});

describe("Benjamini and Hochberg, a tenth of those told of may be false", () => {
  const told = (ps: readonly (number | undefined)[], alerts: readonly HeldAlert[] = []) =>
    alarmsOf(
      ps.map((p, i) => ({
        workload: { ...web, name: `w${i}` },
        score: p === undefined ? tooLittle : p > 0.5 ? well({ p }) : odd({ p }),
      })),
      alerts,
      now,
      tickSeconds,
    ).map(({ labels }) => labels.deployment);
  const calm = (count: number) => Array<number>(count).fill(0.9);

  test.each<[sentence: string, ps: readonly (number | undefined)[], believed: string[]]>([
    ["one alone may be as common as one in ten", [0.1], ["w0"]],
    ["and no more", [0.11], []],
    ["among a hundred it has to be one in a thousand", [0.001, ...calm(99)], ["w0"]],
    ["and no more", [0.0011, ...calm(99)], []],
    ["several vouch for each other", [0.002, 0.002, ...calm(98)], ["w0", "w1"]],
    ["the workloads that could not be judged do not count", [0.05, undefined, 0.9], ["w0"]],
    ["nothing is known of its points: not believed", [Number.NaN, 1e-9], ["w1"]],
  ])("%s", (_, ps, believed) => {
    expect(told(ps)).toEqual(believed);
  });

  test("one that is told already goes on, whatever the others are", () => {
    const mine = held({ labels: { ...labels, deployment: "w0" } });
    expect(told([0.04, ...calm(99)], [mine])).toEqual(["w0"]);
  });
});
