import type { Cause } from "@autoheal/lib/cause";
import type { IncidentStatus, Remediation } from "@autoheal/lib/incident";
import { incidentRef } from "@autoheal/lib/incident";
import type { Pause } from "@autoheal/lib/ledger";
import { causeText, reasonText } from "@autoheal/lib/notification";
import { defaultPolicy } from "@autoheal/lib/policy";
import {
  anAlert,
  aPeer,
  aRemediation,
  aToken,
  aWorkload,
  incidentUid,
  level,
  now,
  rising,
  secondsAgo,
  seriesOf,
  stepped,
  theSignals,
} from "@autoheal/lib/testing";
import type { Pod } from "@autoheal/lib/workload";
import { describe, expect, test } from "vitest";
import type { Refusal } from "./follow-up.ts";
import type { Observed } from "./observe.ts";
import type { Settings } from "./settings.ts";
import {
  aLedger,
  decided,
  hangingPods,
  heldAlerts,
  openedEntry,
  seen,
  settings,
  type Told,
  toldOf,
} from "./testing.ts";

type Row = [sentence: string, given: Observed, then: Told, refusal?: Refusal | undefined, set?: Settings];

function table(rows: readonly Row[]): void {
  test.each(rows)("%s", (_, given, then, refusal, set) => {
    expect(toldOf(given, decided(given, refusal, now, set))).toEqual(then);
  });
}

const calm = aWorkload();
/** The same, opened so long ago. */
const opened = (ago: number, given: Observed): Observed => ({
  ...given,
  incident: { ...given.incident, spec: { ...given.incident.spec, openedAt: secondsAgo(ago) } },
});
const hanging = (more: Partial<typeof calm>) => aWorkload({ pods: hangingPods(), ...more });
const [current, earlier] = calm.revisions as [
  NonNullable<(typeof calm.revisions)[0]>,
  NonNullable<(typeof calm.revisions)[0]>,
]; // reason: it has two
/** What Alertmanager holds when the calm incident's alert was resolved and fires again. */
const anew = heldAlerts().map((alert) => ({ ...alert, startsAt: secondsAgo(5) }));
const ended = { alerts: [anAlert({ endsAt: secondsAgo(10) })] };
const diagnosis = (cause: NonNullable<IncidentStatus["diagnosis"]>["cause"]) => ({
  diagnosis: { cause, confidence: 0.7, for: [], against: [], at: secondsAgo(10) },
  suspect: { cause, since: secondsAgo(10) },
});
/** Errors since the rollout of web-2, two minutes ago. */
const badRevision: Partial<Observed> = {
  workload: aWorkload({ revisions: [{ ...current, createdAt: secondsAgo(120) }, earlier] }),
  signals: theSignals({ errorRatio: stepped(0, 0.5, 90) }),
};
/** A pod of web-2, rolled out two minutes ago, crashed a minute and a half ago. */
const crashing: Partial<Observed> = {
  workload: aWorkload({
    revisions: [{ ...current, createdAt: secondsAgo(120) }, earlier],
    pods: calm.pods.map((one) => ({
      ...one,
      containers: one.containers.map((container) => ({
        ...container,
        lastTermination: { reason: "Error", exitCode: 1, at: secondsAgo(90) },
      })),
    })),
  }),
};
const crashAlert = (ago: number) => heldAlerts().map((alert) => ({ ...alert, startsAt: secondsAgo(ago) }));
const leak = (workload = calm): Partial<Observed> => ({
  workload,
  signals: theSignals({ memoryByPod: { "web-2-a": rising(0.3, 0.95, 900) } }),
});
const busy = (workload = calm): Partial<Observed> => ({
  workload,
  signals: theSignals({ cpuByPod: { "web-2-a": stepped(0.3, 0.95, 300) }, requestRate: stepped(10, 20, 300) }),
});
const autoscaler = {
  name: "web",
  uid: "uid-hpa",
  minReplicas: 1,
  maxReplicas: 3,
  currentReplicas: 3,
  keeper: undefined,
};
/** Half of the requests fail, since all calls to auth do. */
const ofUpstream = theSignals({
  errorRatio: level(0.5),
  peers: { auth: aPeer({ errorRatio: level(0.5), ownErrorRatio: [] }) },
});
const hang = "diagnosed: shop/Deployment/web: hang";
const policy = (more: Partial<typeof defaultPolicy>): Partial<Observed> => ({ policy: { ...defaultPolicy, ...more } });

describe("an open incident", () => {
  table([
    [
      "people are told once that it began; hard evidence is acted on at once",
      seen({ outbox: [], deliveries: [] }),
      {
        phase: "Remediating",
        remediations: ["1 restart Requested"],
        says: ["opened: shop/Deployment/web: ServiceErrorRateHigh", hang],
        posts: ["remedy.requested", "incident.opened", "incident.diagnosed"],
        reserves: ["5c1d-1"],
        due: 10,
      },
    ],
    [
      "a bad revision is rolled back, and what takes that back is reserved with it",
      seen({}, badRevision),
      {
        phase: "Remediating",
        remediations: ["1 rollback Requested"],
        says: ["diagnosed: shop/Deployment/web: trouble that began with a new revision"],
        posts: ["remedy.requested", "incident.diagnosed"],
        reserves: ["5c1d-1", "5c1d-1-undo"],
        due: 10,
      },
    ],
    [
      "a revision that was to mend crashes, of which alerts told before it, is not taken back for not doing so",
      seen({ alerts: [anAlert({ type: "crash", startsAt: secondsAgo(900) })] }, { ...crashing, held: crashAlert(900) }),
      { phase: "Held", hold: "CauseUnknown", due: 10 },
    ],
    [
      "a revision since which pods crash is rolled back",
      seen({ alerts: [anAlert({ type: "crash", startsAt: secondsAgo(60) })] }, { ...crashing, held: crashAlert(60) }),
      {
        phase: "Remediating",
        remediations: ["1 rollback Requested"],
        says: ["diagnosed: shop/Deployment/web: trouble that began with a new revision"],
        posts: ["remedy.requested", "incident.diagnosed"],
        reserves: ["5c1d-1", "5c1d-1-undo"],
        due: 10,
      },
    ],
    [
      "what signals alone say has to be said twice: not yet",
      seen({}, leak()),
      { phase: "Held", hold: "Confirming", due: 10 },
    ],
    [
      "what signals alone say has to be said twice: another cause was said before",
      seen(diagnosis("CpuRunaway"), leak()),
      { phase: "Held", hold: "Confirming", due: 10 },
    ],
    [
      "what signals alone say has to be said twice: the first by a clock that was ahead",
      seen({ suspect: { cause: "MemoryLeak", since: secondsAgo(-900) } }, leak()),
      { phase: "Held", hold: "Confirming", due: 10 },
    ],
    [
      "what signals alone say has to be said twice, and nobody is told of it before: a cause elsewhere",
      seen({}, { workload: calm, signals: ofUpstream }),
      { phase: "Held", hold: "Confirming", due: 10 },
    ],
    [
      "what signals alone say takes no call for a person back",
      seen(
        { phase: "Escalated", hold: { reason: "LadderExhausted", message: "m", since: secondsAgo(60) } },
        { workload: calm, signals: ofUpstream },
      ),
      { phase: "Escalated", hold: "LadderExhausted", due: 10 },
    ],
    [
      "a remedy that is held back takes a call for a person back: there is something to do again",
      seen(
        { phase: "Escalated", hold: { reason: "LadderExhausted", message: "m", since: secondsAgo(60) } },
        { ledger: aLedger([aToken({ id: "other-1", at: secondsAgo(20) })]) },
      ),
      { phase: "Held", hold: "Cooldown", says: [hang], posts: ["incident.diagnosed"], due: 10 },
    ],
    [
      "what signals alone said twice is acted on",
      seen(diagnosis("MemoryLeak"), leak()),
      {
        phase: "Remediating",
        remediations: ["1 restart Requested"],
        says: ["diagnosed: shop/Deployment/web: memory leak"],
        posts: ["remedy.requested", "incident.diagnosed"],
        reserves: ["5c1d-1"],
        due: 10,
      },
    ],
    [
      "more traffic than it has CPU for: scaled, and what takes that back is reserved with it",
      seen(diagnosis("CpuTraffic"), busy()),
      {
        phase: "Remediating",
        remediations: ["1 scale Requested"],
        says: ["diagnosed: shop/Deployment/web: CPU saturated by more traffic"],
        posts: ["remedy.requested", "incident.diagnosed"],
        reserves: ["5c1d-1", "5c1d-1-undo"],
        due: 10,
      },
    ],
    [
      "a crash between token and record: the same id again, which its own token does not hold back",
      seen({}, { ledger: aLedger([aToken({ at: secondsAgo(5) })]) }),
      {
        phase: "Remediating",
        remediations: ["1 restart Requested"],
        says: [hang],
        posts: ["remedy.requested", "incident.diagnosed"],
        reserves: ["5c1d-1"],
        due: 10,
      },
    ],
  ]);

  test("a request says what was seen, so that nobody's later change is overwritten", () => {
    const given = seen();
    const step = decided(given);
    const remediation: Remediation = {
      id: `${incidentUid}-1`,
      remedy: "restart",
      cause: "Hang",
      change: { what: "restartPods", pods: [{ name: "web-2-a", uid: "uid-a" }] },
      seenUid: "uid-web",
      seenGeneration: 7,
      template: current.fingerprint,
      state: "Requested",
      before: { readyPods: 2, errorRatio: 0, p99Seconds: 0.1 },
      requestedAt: now.toISOString(),
      postedAt: now.toISOString(),
    };
    const found = [
      { text: `web-2-a runs, uses little CPU, and has not been ready since ${secondsAgo(600)}`, source: "pods" },
      { text: "2 of 3 pods are ready", source: "pods" },
    ];
    const [pro, contra] = found.map((finding) => [{ ...finding, at: now.toISOString() }]);
    const message = {
      id: "2",
      event: "diagnosed" as const,
      title: "shop/Deployment/web: hang",
      lines: [found[0]?.text ?? "", `Against it: ${found[1]?.text}`, "Done about it: restart web-2-a."],
      at: now.toISOString(),
    };
    const incident = incidentRef(given.incident);
    const subject = "shop/Deployment/web";
    expect(step).toEqual({
      reserve: [{ id: `${incidentUid}-1`, workload: subject, remedy: "restart", cause: "Hang", at: now.toISOString() }],
      release: [],
      status: {
        ...given.incident.status,
        phase: "Remediating",
        alerts: [anAlert({ receivedAt: now.toISOString() })],
        diagnosis: {
          cause: "Hang",
          confidence: 0.9,
          for: pro,
          against: contra,
          at: now.toISOString(),
          since: now.toISOString(),
          confirmed: true,
        },
        remediations: [remediation],
        outbox: [openedEntry, message],
        dueAt: "2026-01-01T12:00:10.000Z",
      },
      post: [
        {
          name: "remedy.requested",
          id: `${incidentUid}-1`,
          subject,
          extensions: { remedy: "restart" },
          data: { incident, remediation: `${incidentUid}-1` },
        },
        {
          name: "incident.diagnosed",
          id: `${incidentUid}-2`,
          subject,
          extensions: { severity: "none" },
          data: { incident, entry: "2" },
        },
      ],
    });
  });

  test("a suspicion by a clock that was ahead is one of now", () => {
    const { status } = decided(seen({ suspect: { cause: "MemoryLeak", since: secondsAgo(-900) } }, leak()));
    expect(status.suspect).toEqual({ cause: "MemoryLeak", since: now.toISOString() });
  });

  test("a cause is since when it was first found, and sure once it is confirmed", () => {
    const { status } = decided(seen(diagnosis("MemoryLeak"), leak()));
    expect(status.diagnosis).toMatchObject({ since: secondsAgo(10), at: now.toISOString(), confirmed: true });
    expect(decided(seen({}, leak())).status.diagnosis?.confirmed).toBe(false);
  });

  test("a rollback expects the template that it puts back, and nothing else the one that is there", () => {
    expect(decided(seen({}, badRevision)).status.remediations[0]?.template).toBe(earlier.fingerprint);
    expect(decided(seen(diagnosis("CpuTraffic"), busy())).status.remediations[0]?.template).toBe(current.fingerprint);
  });

  test("of a hundred pods that hang, the schema takes every sentence", () => {
    const [hung] = hangingPods();
    const pods = Array.from({ length: 100 }, (_, i) => ({
      ...(hung as Pod),
      name: `web-2-${i}`.repeat(3),
      uid: `uid-${i}`,
    })); // reason: it has one
    const { status } = decided(seen({}, { workload: hanging({ pods, replicas: 100 }) }));
    expect(status.remediations.map(({ change }) => change.what === "restartPods" && change.pods.length)).toEqual([100]);
  });

  test("the status of an incident that was just created is made", () => {
    const { incident, ...rest } = seen({}, { held: [] });
    const { status: _, ...created } = incident;
    const step = decided({ ...rest, incident: created });
    expect([step.status.hold?.reason, step.status.outbox[0]?.title]).toEqual([
      "NoAlertFiring",
      "shop/Deployment/web: an alert",
    ]);
  });
});

describe("it holds", () => {
  const silent = (hold: string, more: Partial<Told> = {}): Told => ({ phase: "Held", hold, due: 10, ...more });
  const saying = (hold: string, says: string[] = [hang]): Told => ({
    phase: "Held",
    hold,
    says: [...says, `held: Held: ${reasonText(hold)}`],
    posts: [...says.map(() => "incident.diagnosed"), "incident.held"],
    due: 10,
  });
  const person = (hold: string, more: Partial<Told> = {}): Told => ({
    phase: "Escalated",
    hold,
    says: [hang, `escalated: A person is needed: ${reasonText(hold)}`],
    posts: ["incident.diagnosed", "incident.escalated"],
    due: 290,
    ...more,
  });
  const { seen: _, ...unseenAlert } = anAlert({ receivedAt: secondsAgo(1) });
  const only = (hold: string): Told => ({ ...saying(hold, []) });
  const knows = { says: [hang], posts: ["incident.diagnosed"] };
  const paused = (pause: Partial<Pause>) => ({
    ledger: aLedger([], [{ scope: "Cluster", reason: "freeze", by: "ann", ...pause }]),
  });
  const traffic = ["diagnosed: shop/Deployment/web: CPU saturated by more traffic"];
  const leaks = ["diagnosed: shop/Deployment/web: memory leak"];
  const before = aToken({ id: "77aa-1", cause: "MemoryLeak", at: secondsAgo(3600) });

  table([
    // What the cause says
    ["nothing is wrong", seen({}, { workload: calm }), silent("NothingWrong")],
    ["a rollout is going on", seen({}, { workload: hanging({ rollout: "Progressing" }) }), silent("RolloutInProgress")],
    [
      "a dependency fails",
      seen(diagnosis("UpstreamFailure"), {
        workload: calm,
        signals: theSignals({
          errorRatio: level(0.5),
          peers: { auth: aPeer({ errorRatio: level(0.6), ownErrorRatio: level(0.6) }) },
        }),
      }),
      saying("UpstreamFailure", ["diagnosed: shop/Deployment/web: upstream failure"]),
    ],
    [
      "no cause explains it",
      seen({}, { workload: calm, signals: theSignals({ errorRatio: level(0.5) }) }),
      silent("CauseUnknown"),
    ],
    [
      "an autoscaler owns the replicas, and has some left",
      seen(diagnosis("CpuTraffic"), busy(aWorkload({ autoscaler: { ...autoscaler, maxReplicas: 5 } }))),
      saying("OwnedByAutoscaler", traffic),
    ],
    [
      "it has all the replicas that the policy allows",
      seen(diagnosis("CpuTraffic"), { ...busy(), ...policy({ maxReplicas: 3 }) }),
      person("AtMaxReplicas", {
        says: [...traffic, "escalated: A person is needed: it has all the replicas that it may have"],
      }),
    ],
    [
      "a leak that was restarted an hour ago is back",
      seen(diagnosis("MemoryLeak"), { ...leak(), ledger: aLedger([before]) }),
      person("LadderExhausted", { says: [...leaks, "escalated: A person is needed: no remedy is left"] }),
    ],

    // What is not known
    [
      "Prometheus is away",
      seen({ healthySince: secondsAgo(50) }, { signals: undefined }),
      silent("EvidenceUnreadable"),
    ],
    ["its alerts lead to no workload", seen({}, { workload: undefined }), only("TargetUnknown")],
    [
      "Alertmanager is away: what it said before does not count",
      seen({}, { held: undefined }),
      silent("AlertNotConfirmed", knows),
    ],
    [
      "Alertmanager does not show its alert yet",
      seen({ alerts: [unseenAlert] }, { held: [] }),
      silent("AlertNotConfirmed", knows),
    ],
    ["its alert is silenced", seen({}, { held: heldAlerts("suppressed") }), saying("AlertSilenced")],
    ["its alerts are resolved, but it still hangs", seen(ended, { held: [] }), silent("NoAlertFiring", knows)],
    ["Alertmanager has dropped its alert", seen({}, { held: [] }), silent("NoAlertFiring", knows)],
    [
      "nobody has spoken of its alert for 901 s",
      seen({ alerts: [anAlert({ receivedAt: secondsAgo(901) })] }, { held: undefined }),
      saying("AlertStale"),
      undefined,
      { ...settings, confirmAlerts: false },
    ],

    // Guardrails
    ["mode Observe", seen({}, policy({ mode: "Observe" })), saying("ModeObserve")],
    ["mode Off", seen({}, policy({ mode: "Off" })), saying("ModeOff")],
    [
      "mode Approve: it is proposed to people",
      seen({}, policy({ mode: "Approve" })),
      {
        ...saying("ApprovalNeeded"),
        says: [hang, "proposed: Held: a person has to approve it"],
        posts: ["incident.diagnosed", "remedy.proposed"],
      },
    ],
    ["the policy does not allow the remedy", seen({}, policy({ remedies: ["scale"] })), saying("RemedyNotAllowed")],
    ["the cluster is paused", seen({}, paused({})), saying("Paused")],
    [
      "the workload is paused",
      seen({}, paused({ scope: "Workload", target: "shop/Deployment/web" })),
      saying("Paused"),
    ],
    [
      "its namespace is protected",
      seen({}, { workload: hanging({ namespace: "kube-system" }) }),
      saying("ProtectedNamespace"),
    ],
    [
      "it was healed 299 s ago",
      seen({}, { ledger: aLedger([aToken({ id: "other-1", at: secondsAgo(299) })]) }),
      silent("Cooldown", knows),
    ],
    [
      "it was healed three times within the hour",
      seen(
        {},
        { ledger: aLedger([400, 1000, 3599].map((ago) => aToken({ id: `other-${ago}`, at: secondsAgo(ago) }))) },
      ),
      person("BudgetExhausted"),
    ],
    [
      "a rollout is paused by a person",
      seen({}, { ...badRevision, workload: { ...(badRevision.workload ?? calm), paused: true } }),
      saying("RolloutPaused", ["diagnosed: shop/Deployment/web: trouble that began with a new revision"]),
    ],
    [
      "its pods are replaced by hand",
      seen(diagnosis("MemoryLeak"), leak(aWorkload({ strategy: "OnDelete" }))),
      saying("OnDeleteStrategy", ["diagnosed: shop/Deployment/web: memory leak"]),
    ],
    [
      "it would take all pods at once",
      seen(diagnosis("MemoryLeak"), leak(aWorkload({ strategy: "Recreate" }))),
      saying("MinHealthy", ["diagnosed: shop/Deployment/web: memory leak"]),
    ],
  ]);

  const acts: Told = {
    phase: "Remediating",
    remediations: ["1 restart Requested"],
    says: [hang],
    posts: ["remedy.requested", "incident.diagnosed"],
    reserves: ["5c1d-1"],
    due: 10,
  };
  describe("no more", () => {
    table([
      [
        "it was healed 300 s ago",
        seen({}, { ledger: aLedger([aToken({ id: "other-1", at: secondsAgo(300) })]) }),
        acts,
      ],
      [
        "one of three remediations is an hour old",
        seen(
          {},
          { ledger: aLedger([400, 1000, 3600].map((ago) => aToken({ id: `other-${ago}`, at: secondsAgo(ago) }))) },
        ),
        acts,
      ],
      [
        "somebody spoke of its alert 900 s ago",
        seen({ alerts: [anAlert({ receivedAt: secondsAgo(900) })] }, { held: undefined }),
        acts,
        undefined,
        { ...settings, confirmAlerts: false },
      ],
      ["the pause has run out", seen({}, paused({ until: secondsAgo(0) })), acts],
      ["another workload is paused", seen({}, paused({ scope: "Workload", target: "shop/Deployment/api" })), acts],
      [
        "Alertmanager shows the alert again, that was gone while it restarted",
        seen({ alerts: [anAlert({ endsAt: secondsAgo(30) })] }),
        acts,
      ],
    ]);
  });

  test("a reason that passes by itself is told after ten minutes", () => {
    const since = (ago: number) => ({ hold: { reason: "CauseUnknown", message: "m", since: secondsAgo(ago) } });
    const unexplained = { workload: calm, signals: theSignals({ errorRatio: level(0.5) }) };
    const says = (ago: number) => {
      const given = seen(since(ago), unexplained);
      return toldOf(given, decided(given)).says;
    };
    expect([says(599), says(600)]).toEqual([undefined, ["held: Held: the cause is not known"]]);
  });

  test("the longer it holds, the later it is looked at again, at most a minute later", () => {
    const due = (ago: number) => {
      const given = seen({ hold: { reason: "Paused", message: "m", since: secondsAgo(ago) } }, paused({}));
      return toldOf(given, decided(given)).due;
    };
    expect([0, 100, 300, 600, 6000].map(due)).toEqual([10, 10, 30, 60, 60]);
  });
});

const pod = { what: "restartPods" as const, pods: [{ name: "web-2-a", uid: "uid-a" }] };
const raised = {
  what: "setMaxReplicas" as const,
  hpa: "web",
  hpaUid: "uid-hpa",
  maxReplicas: 6,
  fromMaxReplicas: 3,
};
const running = (more: Partial<Remediation> = {}, status: Partial<IncidentStatus> = {}): Partial<IncidentStatus> => ({
  phase: "Remediating",
  remediations: [aRemediation({ change: pod, before: { readyPods: 2 }, ...more })],
  ...status,
});
const marked = { mark: `${incidentUid}-1` };
const refusal = { remediation: `${incidentUid}-1`, reason: "ChangedMeanwhile", message: "its generation is 8" };
const tokens = { ledger: aLedger([aToken(), aToken({ id: "5c1d-1-undo", undo: true })]) };

describe("a remediation that is requested", () => {
  const waits: Told = { phase: "Remediating", remediations: ["1 restart Requested"], due: 10 };
  const again: Told = { ...waits, posts: ["remedy.requested"] };
  table([
    ["is waited for", seen(running()), waits],
    ["is not joined by a second one, though another cause is seen", seen(running(), badRevision), waits],
    ["is waited for, though its alerts are resolved meanwhile", seen(running({}, ended), { held: [] }), waits],
    ["is waited for, without Prometheus too", seen(running(), { signals: undefined }), waits],
    ["is not requested again after 29 s", seen(running({ requestedAt: secondsAgo(29) })), waits],
    ["is requested again after 30 s", seen(running({ requestedAt: secondsAgo(30) })), again],
    [
      "is requested again, without Prometheus too",
      seen(running({ requestedAt: secondsAgo(30) }), { signals: undefined }),
      again,
    ],
    [
      "is not requested again 29 s after the last time",
      seen(running({ requestedAt: secondsAgo(90), postedAt: secondsAgo(29) })),
      waits,
    ],
    [
      "is requested again 10 min after it was first",
      seen(running({ requestedAt: secondsAgo(600), postedAt: secondsAgo(30) })),
      again,
    ],
    [
      "is given up after that: nobody carried it out",
      seen(running({ requestedAt: secondsAgo(601) }), tokens),
      { phase: "Open", remediations: ["1 restart Finished Failed NotApplied"], due: 10 },
    ],
    [
      "is applied once the workload carries its mark",
      seen(running(), { workload: hanging(marked) }),
      { phase: "Proving", remediations: ["1 restart Applied"], due: 10 },
    ],
    [
      "is applied, without Prometheus too",
      seen(running(), { workload: hanging(marked), signals: undefined }),
      { phase: "Proving", remediations: ["1 restart Applied"], due: 10 },
    ],
    ["is not applied by another one's mark", seen(running(), { workload: hanging({ mark: "other-1" }) }), waits],
    [
      "gets its token back, that another diagnoser took for another remedy at the same time",
      seen(running(), { ledger: aLedger([aToken({ remedy: "scale" })]) }),
      { ...waits, reserves: ["5c1d-1"] },
    ],
    ["keeps its token", seen(running(), { ledger: aLedger([aToken()]) }), waits],
    [
      "is refused: its tokens come back, and the next pass decides anew",
      seen(running(), tokens),
      {
        phase: "Open",
        remediations: ["1 restart Finished Held ChangedMeanwhile"],
        releases: ["5c1d-1", "5c1d-1-undo"],
        due: 10,
      },
      refusal,
    ],
    [
      "is refused half-way, when one of two pods was evicted: its tokens stay spent",
      seen(running({ change: { ...pod, pods: [...pod.pods, { name: "web-2-d", uid: "uid-d" }] } }), tokens),
      { phase: "Open", remediations: ["1 restart Finished Inconclusive ChangedMeanwhile"], due: 10 },
      refusal,
    ],
    [
      "is refused half-way, when the autoscaler was raised and the mark was not taken: its tokens stay spent",
      seen(running({ remedy: "scale", change: raised }), {
        ...tokens,
        workload: aWorkload({ autoscaler: { ...autoscaler, maxReplicas: 6 } }),
      }),
      { phase: "Open", remediations: ["1 scale Finished Inconclusive ChangedMeanwhile"], due: 10 },
      refusal,
    ],
    [
      "is refused before its autoscaler was raised",
      seen(running({ remedy: "scale", change: raised }), { ...tokens, workload: aWorkload({ autoscaler }) }),
      {
        phase: "Open",
        remediations: ["1 scale Finished Held ChangedMeanwhile"],
        releases: ["5c1d-1", "5c1d-1-undo"],
        due: 10,
      },
      refusal,
    ],
    [
      "is applied, whoever says that it was refused",
      seen(running(), { ...tokens, workload: hanging(marked) }),
      { phase: "Proving", remediations: ["1 restart Applied"], due: 10 },
      refusal,
    ],
    ["is not refused by what is said of another one", seen(running()), waits, { ...refusal, remediation: "5c1d-7" }],
    [
      "was given up, and was written after all: it is followed up, and its token is back",
      seen(running({ state: "Finished", outcome: "Held", finishedAt: secondsAgo(5) }), { workload: hanging(marked) }),
      { phase: "Proving", remediations: ["1 restart Applied"], reserves: ["5c1d-1"], due: 10 },
    ],
    [
      "ends when its workload is deleted",
      seen(running(), { ...tokens, workload: undefined }),
      {
        phase: "Held",
        hold: "TargetUnknown",
        remediations: ["1 restart Finished Failed TargetGone"],
        says: ["held: Held: the alert leads to no workload"],
        posts: ["incident.held"],
        due: 10,
      },
    ],
    [
      "ends when its workload is another one of the same name",
      seen(running(), { workload: hanging({ uid: "uid-new" }) }),
      { phase: "Open", remediations: ["1 restart Finished Failed TargetGone"], due: 10 },
    ],
  ]);

  test("is requested again with the same id", () => {
    const step = decided(seen(running({ requestedAt: secondsAgo(30) })));
    expect(step.post.map(({ id }) => id)).toEqual([`${incidentUid}-1`]);
    expect(step.status.remediations[0]?.postedAt).toBe(now.toISOString());
  });

  test("is tried under another id after it was refused, and a person is asked after the fifth time", () => {
    const refused = (n: number) =>
      Array.from({ length: n }, (_, i) =>
        aRemediation({
          id: `5c1d-${i + 1}`,
          state: "Finished",
          outcome: "Held",
          reason: "WriteRefused",
          message: "no right",
        }),
      );
    expect(decided(seen({ remediations: refused(4) })).reserve.map(({ id }) => id)).toEqual(["5c1d-5"]);
    const { status, reserve } = decided(seen({ remediations: refused(5) }));
    expect([status.phase, status.hold?.message, reserve]).toEqual([
      "Escalated",
      "5 attempts were refused, the last: no right",
      [],
    ]);
  });
});

const applied = (seconds: number, more: Partial<Remediation> = {}, status: Partial<IncidentStatus> = {}) =>
  running(
    { state: "Applied", requestedAt: secondsAgo(seconds + 5), appliedAt: secondsAgo(seconds), ...more },
    { phase: "Proving", ...status },
  );
const well: Partial<Observed> = { workload: aWorkload(marked), held: [] };
const scaled = {
  remedy: "scale" as const,
  change: { what: "setReplicas" as const, replicas: 3, fromReplicas: 2 },
  before: { readyPods: 3, errorRatio: 0 },
};
const backed = {
  remedy: "rollback" as const,
  change: {
    what: "rollBack" as const,
    toRevision: earlier.name,
    toUid: earlier.uid,
    fromRevision: current.name,
    fromUid: current.uid,
  },
};
const ruined: Partial<Observed> = { workload: aWorkload(marked), signals: theSignals({ errorRatio: level(0.6) }) };
const worse = "escalated: The remedy made it worse";

describe("a remediation that is applied", () => {
  table([
    [
      "is watched while its workload is ill",
      seen(applied(60), { workload: hanging(marked) }),
      { phase: "Proving", remediations: ["1 restart Applied"], due: 10 },
    ],
    [
      "is watched until it was healthy for long enough",
      seen(applied(60, { healthySince: secondsAgo(59) }), well),
      { phase: "Proving", remediations: ["1 restart Applied"], due: 10 },
    ],
    [
      "is watched while an alert still fires",
      seen(applied(120, { healthySince: secondsAgo(60) }), { ...well, held: heldAlerts() }),
      { phase: "Proving", remediations: ["1 restart Applied"], due: 10 },
    ],
    [
      "is watched while Alertmanager shows that its alert fires anew, of which no webhook has told yet",
      seen(applied(120, { healthySince: secondsAgo(60) }, ended), { ...well, held: anew }),
      { phase: "Proving", remediations: ["1 restart Applied"], due: 10 },
    ],
    [
      "is proven: the incident is over",
      seen(
        applied(
          90,
          { healthySince: secondsAgo(60) },
          { hold: { reason: "Cooldown", message: "m", since: secondsAgo(99) } },
        ),
        well,
      ),
      {
        phase: "Closed",
        outcome: "Succeeded",
        remediations: ["1 restart Finished Succeeded Proven"],
        says: ["recovered: Recovered after 5 min"],
        posts: ["incident.recovered"],
      },
    ],
    [
      "has failed once its deadline has passed",
      seen(applied(601), { workload: hanging(marked) }),
      { phase: "Open", remediations: ["1 restart Finished Failed NotProven"], due: 10 },
    ],
    [
      "is neither proven nor failed, when all is well but an alert fires beyond the deadline",
      seen(applied(601, { healthySince: secondsAgo(60) }), { ...well, held: heldAlerts() }),
      { phase: "Open", remediations: ["1 restart Finished Inconclusive NotProven"], due: 10 },
    ],
    [
      "is not judged without Prometheus",
      seen(applied(601, { healthySince: secondsAgo(60) }), { ...well, signals: undefined }),
      { phase: "Held", hold: "EvidenceUnreadable", remediations: ["1 restart Applied"], due: 10 },
    ],
    [
      "ends when its workload is deleted and its alerts with it",
      seen(applied(30), { workload: undefined, held: [] }),
      {
        phase: "Closed",
        outcome: "Inconclusive",
        remediations: ["1 restart Finished Failed TargetGone"],
        says: ["closed: Over after 5 min: its alerts ended"],
        posts: ["incident.closed"],
      },
    ],
    [
      "is taken back when it made things worse",
      seen(applied(180, scaled), ruined),
      {
        phase: "Remediating",
        remediations: ["1 scale Finished Undone MadeWorse", "1-undo scale Requested"],
        says: [worse],
        posts: ["remedy.requested", "incident.escalated"],
        due: 10,
      },
    ],
    [
      "is not taken back while the rates still look at what was before it",
      seen(applied(179, scaled), ruined),
      { phase: "Proving", remediations: ["1 scale Applied"], due: 10 },
    ],
    [
      "is not judged by a template that somebody rolled out in the middle of its proof",
      seen(applied(180, { ...scaled, template: current.fingerprint }), {
        ...ruined,
        workload: aWorkload({ ...marked, template: "another" }),
      }),
      { phase: "Open", remediations: ["1 scale Finished Inconclusive ChangedMeanwhile"], due: 10 },
    ],
    [
      "a rollback is watched on the template that it put back",
      seen(applied(60, { ...backed, template: earlier.fingerprint }), {
        workload: aWorkload({ ...marked, template: earlier.fingerprint, rollout: "Progressing" }),
      }),
      { phase: "Proving", remediations: ["1 rollback Applied"], due: 10 },
    ],
    [
      "is not taken back from somebody who has changed the replicas since",
      seen(applied(180, scaled), { ...ruined, workload: aWorkload({ ...marked, replicas: 4 }) }),
      {
        phase: "Open",
        remediations: ["1 scale Finished Undone MadeWorse"],
        says: [worse],
        posts: ["incident.escalated"],
        due: 10,
      },
    ],
    [
      "is not taken back when a guardrail forbids that: people are told",
      seen(applied(180, scaled), { ...ruined, ...policy({ mode: "Observe" }) }),
      {
        phase: "Open",
        hold: "ModeObserve",
        remediations: ["1 scale Finished Undone MadeWorse"],
        says: [worse],
        posts: ["incident.escalated"],
        due: 10,
      },
    ],
    [
      "is taken back within cooldown and over budget: those it is exempt from",
      seen(applied(180, scaled), {
        ...ruined,
        ledger: aLedger([10, 20, 30, 40].map((ago) => aToken({ id: `other-${ago}`, at: secondsAgo(ago) }))),
      }),
      {
        phase: "Remediating",
        remediations: ["1 scale Finished Undone MadeWorse", "1-undo scale Requested"],
        says: [worse],
        posts: ["remedy.requested", "incident.escalated"],
        due: 10,
      },
    ],
    [
      "a restart can't be taken back: it is watched to its deadline",
      seen(applied(60), { ...ruined, workload: aWorkload(marked) }),
      { phase: "Proving", remediations: ["1 restart Applied"], due: 10 },
    ],
  ]);

  test("what takes a rollback back expects the template of before", () => {
    const given = seen(applied(180, { ...backed, before: { readyPods: 3, errorRatio: 0 } }), ruined);
    const undo = decided(given).status.remediations[1];
    expect([undo?.id, undo?.template]).toEqual(["5c1d-1-undo", current.fingerprint]);
  });

  test("what was waited for is no message of what is proven", () => {
    const waiting = { healthySince: secondsAgo(60), message: "1 of its alerts still fire" };
    expect(decided(seen(applied(90, waiting), well)).status.remediations[0]?.message).toBe(
      "healthy for 60 s, and its alerts are resolved",
    );
  });

  test("without Prometheus the healthy time does not go on", () => {
    const { remediations, healthySince } = decided(
      seen(applied(90, { healthySince: secondsAgo(60) }, { healthySince: secondsAgo(60) }), {
        ...well,
        signals: undefined,
      }),
    ).status;
    expect([remediations[0]?.healthySince, healthySince]).toEqual([undefined, undefined]);
  });
});

describe("after a remediation", () => {
  const finished = (outcome: Remediation["outcome"], more: Partial<Remediation> = {}) =>
    aRemediation({
      state: "Finished",
      ...(outcome ? { outcome } : {}),
      appliedAt: secondsAgo(700),
      finishedAt: secondsAgo(10),
      ...more,
    });
  const failed = finished("Failed", { reason: "NotProven" });
  const undone = finished("Undone", { ...scaled, reason: "MadeWorse" });
  const undoing = (more: Partial<Remediation>) =>
    aRemediation({
      ...scaled,
      id: "5c1d-1-undo",
      change: { what: "setReplicas", replicas: 2, fromReplicas: 3 },
      state: "Applied",
      appliedAt: secondsAgo(90),
      ...more,
    });
  const exhausted = (cause: Cause, remediations: string[]): Told => ({
    phase: "Escalated",
    hold: "LadderExhausted",
    remediations,
    says: [`diagnosed: shop/Deployment/web: ${causeText(cause)}`, "escalated: A person is needed: no remedy is left"],
    posts: ["incident.diagnosed", "incident.escalated"],
    due: 290,
  });
  const gone = { ledger: aLedger([aToken({ at: secondsAgo(710) })]) };

  const refused = { reason: refusal.reason, message: refusal.message };
  test.each<[sentence: string, undo: Remediation[], says: string]>([
    ["was applied", [undoing({ state: "Finished", outcome: "Succeeded" })], "was taken back"],
    ["was held back at once", [], "was not taken back"],
    [
      "was refused",
      [{ ...aRemediation(), ...scaled, id: "5c1d-1-undo", state: "Finished", outcome: "Held", ...refused }],
      "is still there: taking it back was not carried out: ChangedMeanwhile: its generation is 8",
    ],
  ])("people are told whether what made it worse is still there: what takes it back %s", (_, undo, says) => {
    const { hold } = decided(seen({ remediations: [undone, ...undo] })).status;
    expect(hold).toMatchObject({ reason: "LadderExhausted", message: `the remedy made it worse, and ${says}` });
  });

  table([
    [
      "of a template that somebody has replaced since, what is wrong with the new one is healed",
      seen({ remediations: [finished("Inconclusive", { reason: "ChangedMeanwhile", template: "older" })] }, gone),
      {
        phase: "Remediating",
        remediations: ["1 restart Finished Inconclusive ChangedMeanwhile", "2 restart Requested"],
        says: [hang],
        posts: ["remedy.requested", "incident.diagnosed"],
        reserves: ["5c1d-2"],
        due: 10,
      },
    ],
    [
      "back to a template that somebody has replaced since, nobody is fought: a person is asked",
      seen(
        {
          remediations: [
            finished("Inconclusive", { remedy: "rollback", reason: "ChangedMeanwhile", template: earlier.fingerprint }),
          ],
        },
        { ...badRevision, ...gone },
      ),
      exhausted("BadRevision", ["1 rollback Finished Inconclusive ChangedMeanwhile"]),
    ],
    [
      "that failed, a leak is not restarted again: a person is needed",
      seen({ remediations: [failed], ...diagnosis("MemoryLeak") }, { ...leak(), ...gone }),
      exhausted("MemoryLeak", ["1 restart Finished Failed NotProven"]),
    ],
    [
      "that nobody carried out, a hang is not restarted again: a person is needed",
      seen({ remediations: [finished("Failed", { reason: "NotApplied" })] }),
      exhausted("Hang", ["1 restart Finished Failed NotApplied"]),
    ],
    [
      "that failed, traffic gets its next rung",
      seen(
        { remediations: [finished("Failed", { ...scaled, reason: "NotProven" })], ...diagnosis("CpuTraffic") },
        { ...busy(), ...gone },
      ),
      {
        phase: "Remediating",
        remediations: ["1 scale Finished Failed NotProven", "2 scale Requested"],
        says: ["diagnosed: shop/Deployment/web: CPU saturated by more traffic"],
        posts: ["remedy.requested", "incident.diagnosed"],
        reserves: ["5c1d-2", "5c1d-2-undo"],
        due: 10,
      },
    ],
    [
      "that failed, the next rung waits for the cooldown too",
      seen(
        { remediations: [finished("Failed", { ...scaled, reason: "NotProven" })], ...diagnosis("CpuTraffic") },
        { ...busy(), ledger: aLedger([aToken({ at: secondsAgo(200) })]) },
      ),
      {
        phase: "Held",
        hold: "Cooldown",
        remediations: ["1 scale Finished Failed NotProven"],
        says: ["diagnosed: shop/Deployment/web: CPU saturated by more traffic"],
        posts: ["incident.diagnosed"],
        due: 10,
      },
    ],
    [
      "that was taken back, nothing else is tried: a person is needed",
      seen({ remediations: [undone, undoing({ state: "Finished", outcome: "Succeeded" })] }),
      exhausted("Hang", ["1 scale Finished Undone MadeWorse", "1-undo scale Finished Succeeded"]),
    ],
    [
      "what takes one back is proven like any other; the incident goes on",
      seen(
        { phase: "Proving", remediations: [undone, undoing({ healthySince: secondsAgo(60) })] },
        { workload: calm, held: [] },
      ),
      {
        phase: "Open",
        remediations: ["1 scale Finished Undone MadeWorse", "1-undo scale Finished Succeeded Proven"],
        due: 10,
      },
    ],
    [
      "fewer replicas put back are no fewer ready pods than before",
      seen(
        {
          phase: "Proving",
          remediations: [undone, undoing({ before: { readyPods: 5 }, healthySince: secondsAgo(60) })],
        },
        { workload: calm, held: [] },
      ),
      {
        phase: "Open",
        remediations: ["1 scale Finished Undone MadeWorse", "1-undo scale Finished Succeeded Proven"],
        due: 10,
      },
    ],
    [
      "what takes one back is never taken back itself",
      seen({ phase: "Proving", remediations: [undone, undoing({ appliedAt: secondsAgo(180) })] }, ruined),
      {
        phase: "Open",
        remediations: ["1 scale Finished Undone MadeWorse", "1-undo scale Finished Failed NotProven"],
        due: 10,
      },
    ],
    [
      "a token of a crash, with nothing behind it, comes back after two minutes",
      seen(
        {},
        {
          ...policy({ mode: "Observe" }),
          ledger: aLedger([aToken({ at: secondsAgo(121) }), aToken({ id: "other-1", at: secondsAgo(121) })]),
        },
      ),
      {
        phase: "Held",
        hold: "ModeObserve",
        says: [hang, "held: Held: AutoHeal only observes here"],
        posts: ["incident.diagnosed", "incident.held"],
        releases: ["5c1d-1"],
        due: 10,
      },
    ],
  ]);
});

describe("an incident ends by itself", () => {
  test.each<[reason: string, lines: string[]]>([
    ["NothingWrong", ["Its cause: upstream failure."]],
    ["Paused", ["Its cause: upstream failure.", "It was held: m"]],
  ])("and says what it was, and why nothing was done, last for %s", (reason, lines) => {
    const found = diagnosis("UpstreamFailure").diagnosis;
    const hold = { reason, message: "m", since: secondsAgo(30) };
    const status = { ...ended, healthySince: secondsAgo(60), hold, diagnosis: { ...found, confirmed: true } };
    const step = decided(seen(status, { workload: calm, held: [] }));
    expect(step.status.outbox.at(-1)?.lines).toEqual(lines);
  });

  /** Its alert was last spoken of, and it got well, so long ago; nothing was told as resolved. */
  const unresolved = (spoken: number, well: number): Partial<IncidentStatus> => ({
    alerts: [anAlert({ receivedAt: secondsAgo(spoken) })],
    healthySince: secondsAgo(well),
  });
  const healed = (seconds: number) => ({ ...ended, healthySince: secondsAgo(seconds) });
  table([
    [
      "when its alerts are resolved and it was healthy for long enough",
      seen(healed(60), { workload: calm, held: [] }),
      {
        phase: "Closed",
        outcome: "Held",
        says: ["closed: Over after 5 min: it is healthy again, without proof of what helped"],
        posts: ["incident.closed"],
      },
    ],
    [
      "but not a second earlier",
      seen(healed(59), { workload: calm, held: [] }),
      { phase: "Held", hold: "NothingWrong", due: 10 },
    ],
    [
      "but not while an alert fires",
      seen(healed(900), { workload: calm }),
      { phase: "Held", hold: "NothingWrong", due: 10 },
    ],
    [
      "when nobody was told that its alert is resolved, but it has been well, and nobody has spoken of it, for too long",
      opened(2000, seen(unresolved(901, 901), { workload: calm, held: undefined })),
      {
        phase: "Closed",
        outcome: "Held",
        says: ["closed: Over after 33 min: it is healthy again, without proof of what helped"],
        posts: ["incident.closed"],
      },
    ],
    [
      "but not at that very time",
      seen(unresolved(900, 901), { workload: calm, held: undefined }),
      { phase: "Held", hold: "NothingWrong", due: 10 },
    ],
    [
      "but not when it was ill in between",
      seen(unresolved(901, 900), { workload: calm, held: undefined }),
      { phase: "Held", hold: "NothingWrong", due: 10 },
    ],
    [
      "but not when it is ill again: the healthy time begins anew",
      seen(healed(60), { held: [] }),
      { phase: "Held", hold: "NoAlertFiring", says: [hang], posts: ["incident.diagnosed"], due: 10 },
    ],
    [
      "when nobody has spoken of it for longer than the policy's staleAfterSeconds, well or not",
      opened(2000, seen({ alerts: [anAlert({ endsAt: secondsAgo(901) })] }, { held: [] })),
      {
        phase: "Closed",
        outcome: "Inconclusive",
        says: ["closed: Over after 33 min: its alerts ended"],
        posts: ["incident.closed"],
      },
    ],
    [
      "but not at that very time",
      opened(2000, seen({ alerts: [anAlert({ endsAt: secondsAgo(900) })] }, { held: [] })),
      { phase: "Held", hold: "NoAlertFiring", says: [hang], posts: ["incident.diagnosed"], due: 10 },
    ],
    [
      "inconclusive, when something was tried before",
      seen(
        { ...healed(60), remediations: [aRemediation({ state: "Finished", outcome: "Failed" })] },
        { workload: calm, held: [] },
      ),
      {
        phase: "Closed",
        outcome: "Inconclusive",
        remediations: ["1 restart Finished Failed"],
        says: ["closed: Over after 5 min: it is healthy again, without proof of what helped"],
        posts: ["incident.closed"],
      },
    ],
    [
      "when its alerts led to no workload and are resolved",
      seen(ended, { workload: undefined, held: [] }),
      {
        phase: "Closed",
        outcome: "Held",
        says: ["closed: Over after 5 min: its alerts ended"],
        posts: ["incident.closed"],
      },
    ],
    [
      "when its workload is gone for longer than an alert's word counts, though somebody still alerts on it",
      seen({ hold: { reason: "TargetUnknown", message: "m", since: secondsAgo(901) } }, { workload: undefined }),
      {
        phase: "Closed",
        outcome: "Inconclusive",
        hold: "TargetUnknown",
        says: ["closed: Over after 5 min: what it was about is gone"],
        posts: ["incident.closed"],
      },
    ],
    [
      "but not before that time",
      seen({ hold: { reason: "TargetUnknown", message: "m", since: secondsAgo(900) } }, { workload: undefined }),
      {
        phase: "Held",
        hold: "TargetUnknown",
        says: ["held: Held: the alert leads to no workload"],
        posts: ["incident.held"],
        due: 60,
      },
    ],
  ]);

  test("that never had a workload is kept while its alerts fire", () => {
    const given = seen(
      { hold: { reason: "TargetUnknown", message: "m", since: secondsAgo(9000) } },
      { workload: undefined },
    );
    const { workload: _, ...spec } = given.incident.spec;
    expect(decided({ ...given, incident: { ...given.incident, spec } }).status.phase).toBe("Held");
  });

  test("that never got an alert, as whoever opened it ended before storing one", () => {
    const of = (ago: number) => {
      const given = seen({ alerts: [] }, { workload: calm, held: [] });
      return decided(opened(ago, given)).status.phase;
    };
    expect([of(900), of(901)]).toEqual(["Held", "Closed"]);
  });
});

describe("a closed incident", () => {
  const over: Partial<IncidentStatus> = { phase: "Closed", outcome: "Succeeded", closedAt: secondsAgo(100) };
  const closed = (status: Partial<IncidentStatus> = {}, parts: Partial<Observed> = {}) => {
    const given = seen({ ...over, ...status }, parts);
    const { dueAt: _, ...rest } = given.incident.status as IncidentStatus; // reason: it has one
    return { ...given, incident: { ...given.incident, status: rest } };
  };
  table([
    ["stays as it is, whatever is seen", closed(), { phase: "Closed", outcome: "Succeeded" }],
    [
      "has its last message posted again, until that is sent",
      closed({ deliveries: [], outbox: [{ ...openedEntry, at: secondsAgo(31) }] }),
      { phase: "Closed", outcome: "Succeeded", posts: ["incident.opened"] },
    ],
    [
      "is given 30 s for that first",
      closed({ deliveries: [], outbox: [{ ...openedEntry, at: secondsAgo(30) }] }),
      { phase: "Closed", outcome: "Succeeded" },
    ],
  ]);

  test("is not changed in any way", () => {
    const given = closed();
    expect(decided(given)).toEqual({ reserve: [], release: [], status: given.incident.status, post: [] });
  });
});

test("what a clock ahead of ours called applied hides no crash, and nothing has been well since the future", () => {
  const ahead = secondsAgo(-600);
  const pods = calm.pods.map((one) => ({
    ...one,
    containers: one.containers.map((container) => ({
      ...container,
      lastTermination: { reason: "Error", exitCode: 1, at: secondsAgo(5) },
    })),
  }));
  const crashes = seen(running({ state: "Applied", appliedAt: ahead }, ended), {
    workload: aWorkload({ ...marked, pods }),
    held: [],
  });
  const [entry] = decided(crashes).status.remediations;
  expect([entry?.message, entry?.healthySince]).toEqual(["web-2-a crashed with exit code 1 (0 restarts)", undefined]);
  const well = seen({ ...ended, healthySince: ahead }, { workload: calm, held: [] });
  expect(decided(well).status.healthySince).toBe(now.toISOString());
});

test("an alert that fires anew is another entry, and Alertmanager's word for it counts", () => {
  const alerts = decided(seen(ended, { held: anew })).status.alerts;
  expect(alerts.map(({ startsAt, endsAt, seen }) => [startsAt, endsAt, seen])).toEqual([
    [anAlert().startsAt, secondsAgo(10), "active"],
    [secondsAgo(5), undefined, "active"],
  ]);
});

test("an alert of others that Alertmanager holds is none of this incident's", () => {
  const others = heldAlerts().map((alert) => ({ ...alert, fingerprint: "f2" }));
  expect(decided(seen(ended, { held: others })).status.alerts.map(({ fingerprint }) => fingerprint)).toEqual(["f1"]);
});

test("a gap in the signals is no evidence of health for what is applied", () => {
  const given = seen(applied(90), {
    ...well,
    signals: theSignals({ errorRatio: seriesOf((ago) => (ago > 200 ? 0.5 : undefined)) }),
  });
  expect(toldOf(given, decided(given)).phase).toBe("Proving");
});
