import type { Signals } from "@autoheal/lib/evidence";
import type { IncidentStatus, Remediation } from "@autoheal/lib/incident";
import { defaultPolicy, modes } from "@autoheal/lib/policy";
import {
  anAlert,
  aPeer,
  aRemediation,
  aToken,
  aWorkload,
  level,
  now,
  rising,
  secondsAgo,
  stepped,
  theSignals,
} from "@autoheal/lib/testing";
import type { Workload } from "@autoheal/lib/workload";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Observed } from "./observe.ts";
import { aLedger, decided, hangingPods, heldAlerts, seen, settings } from "./testing.ts";

const [current, earlier] = aWorkload().revisions;

/** The first most often, so that what the laws are about happens. */
const mostly = <T>(first: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(first) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

/** Workloads that are well, or ill in one way or another, with and without a remediation's mark. */
const workloads = fc
  .record({
    pods: mostly<Workload["pods"]>(hangingPods(), aWorkload().pods, []),
    rollout: fc.constantFrom<Workload["rollout"]>("Complete", "Complete", "Stuck", "Progressing"),
    rolledOut: fc.constantFrom(60, 300, 7200),
    mark: fc.constantFrom(undefined, "5c1d-1", "5c1d-1-undo", "other-1"),
    uid: mostly("uid-web", "uid-new"),
    paused: mostly(false, true),
  })
  .map(({ rolledOut, ...rest }) => {
    const revisions = current && earlier ? [{ ...current, createdAt: secondsAgo(rolledOut) }, earlier] : [];
    return aWorkload({ revisions, ...rest });
  });

const signals = fc
  .record({
    errorRatio: fc.constantFrom(level(0), level(0.5), stepped(0, 0.5, 270)),
    cpuByPod: fc.constantFrom({}, { "web-2-a": stepped(0.3, 0.95, 300) }),
    memoryByPod: fc.constantFrom({}, { "web-2-a": rising(0.3, 0.95, 900) }),
    requestRate: fc.constantFrom(level(10), stepped(10, 20, 300)),
    peers: mostly<Signals["peers"]>({}, { auth: aPeer({ errorRatio: level(0.5), ownErrorRatio: [] }) }),
  })
  .map(theSignals);

const remediations = fc
  .array(
    fc.record({
      state: fc.constantFrom<Remediation["state"]>("Applied", "Applied", "Requested", "Finished"),
      outcome: fc.constantFrom<NonNullable<Remediation["outcome"]>>(
        "Succeeded",
        "Failed",
        "Inconclusive",
        "Held",
        "Undone",
      ),
      what: fc.constantFrom<Pick<Remediation, "remedy" | "change">>(
        { remedy: "restart", change: { what: "restartPods", pods: [{ name: "web-2-a", uid: "uid-a" }] } },
        { remedy: "scale", change: { what: "setReplicas", replicas: 3, fromReplicas: 2 } },
        {
          remedy: "rollback",
          change: { what: "rollBack", toRevision: "web-1", toUid: "u1", fromRevision: "web-2", fromUid: "u2" },
        },
      ),
      ago: fc.constantFrom(0, 29, 31, 90, 90, 599, 700),
      healthy: fc.boolean(),
    }),
    { maxLength: 3 },
  )
  .map((all) =>
    all.map(({ state, outcome, what, ago, healthy }, i): Remediation => {
      const at = secondsAgo(ago);
      const given = aRemediation({ ...what, id: `5c1d-${i + 1}`, requestedAt: at });
      // Only the last one may be unfinished: that is one of the laws below.
      if (i < all.length - 1 || state === "Finished") return { ...given, state: "Finished", outcome, finishedAt: at };
      if (state === "Requested") return given;
      return { ...given, state, appliedAt: at, ...(healthy ? { healthySince: at } : {}) };
    }),
  );

const statuses = fc.record({
  phase: mostly<IncidentStatus["phase"]>("Open", "Remediating", "Proving", "Held", "Escalated", "Closed"),
  alerts: mostly<IncidentStatus["alerts"]>(
    [anAlert()],
    [],
    [anAlert({ endsAt: secondsAgo(20) })],
    [anAlert({ endsAt: secondsAgo(2000) })],
  ),
  remediations: fc.oneof(fc.constant<Remediation[]>([]), remediations),
  diagnosis: fc.constantFrom("MemoryLeak" as const, "CpuTraffic" as const, "Hang" as const).map((cause) => ({
    cause,
    confidence: 0.7,
    for: [],
    against: [],
    at: secondsAgo(10),
  })),
  hold: fc
    .record({ reason: fc.constantFrom("Paused", "TargetUnknown", "CauseUnknown"), ago: fc.constantFrom(5, 1000) })
    .map(({ reason, ago }) => ({ reason, message: "m", since: secondsAgo(ago) })),
});

/** Anything that could be seen of an incident. */
const anything = fc
  .record({
    status: statuses,
    workload: fc.option(workloads, { nil: undefined, freq: 9 }),
    signals: fc.option(signals, { nil: undefined, freq: 9 }),
    mode: mostly<(typeof modes)[number]>("Auto", ...modes),
    held: mostly<Observed["held"]>(heldAlerts(), heldAlerts("suppressed"), [], undefined),
    tokens: mostly<number[]>([], [10], [200], [400], [400, 1000, 2000]).map((all) =>
      all.map((ago) => aToken({ id: `other-${ago}`, at: secondsAgo(ago) })),
    ),
    paused: mostly(false, true),
  })
  .map(({ status, mode, tokens, paused, ...rest }): Observed => {
    const { phase } = status;
    const given = seen(phase === "Closed" ? { ...status, closedAt: secondsAgo(5) } : status, {
      ...rest,
      policy: { ...defaultPolicy, mode },
      ledger: aLedger(tokens, paused ? [{ scope: "Cluster", reason: "freeze", by: "ann" }] : []),
    });
    if (phase !== "Closed" || !given.incident.status) return given;
    const { dueAt: _, ...closed } = given.incident.status;
    return { ...given, incident: { ...given.incident, status: closed } };
  });

const isUndo = (id: string) => id.endsWith("-undo");
const idsOf = ({ incident }: Observed) => incident.status?.remediations.map(({ id }) => id) ?? [];
/** New remediations, those that take one back included. */
const begun = (given: Observed) => decided(given).status.remediations.filter(({ id }) => !idsOf(given).includes(id));
const holds = (property: (given: Observed) => void, of: fc.Arbitrary<Observed> = anything) =>
  fc.assert(
    fc.property(of, (given) => {
      property(given);
    }),
    { numRuns: 100 },
  );

test("anything that can be seen is decided, with a status that the schema takes and a time to look again", () => {
  holds((given) => {
    decided(given);
  });
});

test("the laws below are about something: remediations begin, and are taken back", () => {
  const all = fc
    .sample(anything, { numRuns: 300, seed: 1 })
    .flatMap(begun)
    .map(({ id }) => isUndo(id));
  expect(all.filter((undo) => !undo).length).toBeGreaterThan(15);
  expect(all.filter(Boolean).length).toBeGreaterThan(4);
});

test("what is begun has its token and its event, and nothing else has", () => {
  holds((given) => {
    const step = decided(given);
    const fresh = begun(given);
    const requested = step.post.filter(({ name }) => name === "remedy.requested").map(({ id }) => id);
    const reserved = step.reserve.map(({ id }) => id);
    for (const { id } of fresh) expect(requested).toContain(id);
    for (const { id } of fresh) if (!isUndo(id)) expect(reserved).toContain(id);
    const running = step.status.remediations.filter(({ state }) => state !== "Finished").map(({ id }) => id);
    for (const id of [...requested, ...reserved.filter((id) => !isUndo(id))]) expect(running).toContain(id);
  });
});

test("nothing is begun while a remediation is unfinished, and an undo only in its place", () => {
  holds((given) => {
    const running = given.incident.status?.remediations.find(({ state }) => state !== "Finished");
    if (given.incident.status?.phase === "Closed") expect(begun(given)).toEqual([]);
    else if (running) expect(begun(given).every(({ id }) => id === `${running.id}-undo`)).toBe(true);
  });
});

const nothingBegins: [when: string, change: (given: Observed) => Observed][] = [
  [
    "the cluster is paused",
    (given) => ({ ...given, ledger: aLedger([], [{ scope: "Cluster", reason: "r", by: "ann" }]) }),
  ],
  ["the mode is Approve", (given) => ({ ...given, policy: { ...given.policy, mode: "Approve" } })],
  ["the mode is Observe", (given) => ({ ...given, policy: { ...given.policy, mode: "Observe" } })],
  ["the mode is Off", (given) => ({ ...given, policy: { ...given.policy, mode: "Off" } })],
  ["the incident is closed", (given) => withStatus(given, { phase: "Closed" })],
  ["the workload is not there", (given) => ({ ...given, workload: undefined })],
];

const neverActs: [when: string, change: (given: Observed) => Observed][] = [
  [
    "the budget is spent",
    (given) => ({
      ...given,
      ledger: aLedger([1000, 1100, 1200].map((ago) => aToken({ id: `other-${ago}`, at: secondsAgo(ago) }))),
    }),
  ],
  [
    "it was healed just now",
    (given) => ({ ...given, ledger: aLedger([aToken({ id: "other-1", at: secondsAgo(1) })]) }),
  ],
  [
    "all its alerts are resolved",
    (given) => ({ ...withStatus(given, { alerts: [anAlert({ endsAt: secondsAgo(20) })] }), held: [] }),
  ],
  ["Alertmanager holds none of its alerts", (given) => ({ ...given, held: [] })],
  ["Alertmanager can't be asked", (given) => ({ ...given, held: undefined })],
  ["its alerts are silenced", (given) => ({ ...given, held: heldAlerts("suppressed") })],
  ["Prometheus can't be asked", (given) => ({ ...given, signals: undefined })],
];

function withStatus(given: Observed, change: Partial<IncidentStatus>): Observed {
  const status = { ...given.incident.status, ...change } as IncidentStatus; // reason: it has one
  if (status.phase === "Closed") delete status.dueAt;
  return { ...given, incident: { ...given.incident, status } };
}

test.each(neverActs)("nothing but an undo begins when %s", (_, change) => {
  holds((given) => expect(begun(change(given)).filter(({ id }) => !isUndo(id))).toEqual([]));
});

test.each(nothingBegins)("not even an undo begins when %s", (_, change) => {
  holds((given) => expect(begun(change(given))).toEqual([]));
});

test("deciding again with nothing changed requests nothing again before it is time to", () => {
  holds((given) => {
    const once = decided(given);
    const fresh = begun(given).map(({ id }) => id);
    const again = (seconds: number) => {
      const at = new Date(now.getTime() + seconds * 1000);
      const then = { ...given, incident: { ...given.incident, status: once.status } };
      return decided(then, undefined, at).post.filter(
        ({ name, id }) => name === "remedy.requested" && fresh.includes(id),
      );
    };
    expect([again(0), again(settings.resendSeconds - 1)]).toEqual([[], []]);
  });
});

test("deciding again at the same time says nothing again", () => {
  holds((given) => {
    const once = decided(given);
    const twice = decided({ ...given, incident: { ...given.incident, status: once.status } });
    const news = (from: readonly { event: string; title: string }[]) =>
      from.map(({ event, title }) => `${event} ${title}`);
    const all = news(twice.status.outbox);
    expect(new Set(all).size).toBe(all.length);
  });
});
