import type { IncidentStatus, OutboxEntry } from "@autoheal/lib/incident";
import { reserve, type Token, tokensOf } from "@autoheal/lib/ledger";
import { reasonText } from "@autoheal/lib/notification";
import { defaultPolicy } from "@autoheal/lib/policy";
import { aToken, aWorkload, incidentUid, now, rising, secondsAgo, stepped, theSignals } from "@autoheal/lib/testing";
import { expect, test } from "vitest";
import type { Observed } from "./observe.ts";
import { aLedger, decided, heldAlerts, seen } from "./testing.ts";

/** What is seen at a time, given what stands in the incident and the ledger by then. */
type World = (seconds: number, status: IncidentStatus) => Partial<Observed>;

interface Story {
  status: IncidentStatus;
  /** Every message there was. */
  told: OutboxEntry[];
  /** Ids of remediations requested, in order, repeats included. */
  requested: string[];
  tokens: readonly Token[];
}

/** Has an incident looked at whenever it is due, for so long, with its steps carried out as `perform` does. */
function follow(minutes: number, world: World, first: Observed = seen({ outbox: [] })): Story {
  let { status } = first.incident;
  let tokens = tokensOf(first.ledger);
  const told: OutboxEntry[] = [];
  const requested: string[] = [];
  for (let at = now; at.getTime() < now.getTime() + minutes * 60_000; ) {
    const seconds = (at.getTime() - now.getTime()) / 1000;
    const given = { ...first, ledger: aLedger([...tokens]), ...world(seconds, status as IncidentStatus) }; // reason: it has one
    const { held } = given;
    const step = decided(
      { ...given, held, incident: { ...first.incident, ...(status ? { status } : {}) } },
      undefined,
      at,
    );
    const known = new Set(status?.outbox.map(({ id }) => id));
    told.push(...step.status.outbox.filter(({ id }) => !known.has(id)));
    requested.push(...step.post.filter(({ name }) => name === "remedy.requested").map(({ id }) => id));
    tokens = reserve(tokens, step.reserve, at).filter(({ id }) => !step.release.includes(id));
    status = step.status;
    if (!status.dueAt) break;
    at = new Date(status.dueAt);
  }
  return { status: status as IncidentStatus, told, requested, tokens }; // reason: it has one
}

const titles = (told: readonly OutboxEntry[]) => told.map(({ event, title }) => `${event}: ${title}`);

test("nobody hears the same twice, however long it holds", () => {
  const { told } = follow(180, () => ({ policy: { ...defaultPolicy, mode: "Observe" } }));
  expect(titles(told)).toEqual([
    "opened: shop/Deployment/web: ServiceErrorRateHigh",
    "diagnosed: shop/Deployment/web: hang",
    "held: Held: AutoHeal only observes here",
  ]);
});

test("reasons that take turns are told every ten minutes at most, each", () => {
  const { told, status } = follow(60, (seconds) => ({
    policy: { ...defaultPolicy, ...((seconds / 10) % 2 ? { mode: "Observe" as const } : { remedies: [] }) },
  }));
  const held = (reason: string) => told.filter(({ title }) => title === `Held: ${reasonText(reason)}`);
  for (const reason of ["ModeObserve", "RemedyNotAllowed"]) {
    expect(held(reason).length).toBeLessThanOrEqual(6);
    const gaps = held(reason).map(
      ({ at }, i, all) => Date.parse(all[i + 1]?.at ?? "9999-01-01T00:00:00Z") - Date.parse(at),
    );
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(600_000);
  }
  expect(status.outbox.length).toBeLessThanOrEqual(50);
});

test("a full outbox loses its oldest message, and the numbers go on", () => {
  const at = "2025-12-31T12:00:00.000Z";
  const full = Array.from({ length: 50 }, (_, i) => ({
    id: `${i + 1}`,
    event: "held" as const,
    title: `t${i}`,
    lines: [],
    at,
  }));
  const { status, told } = follow(1, () => ({}), seen({ outbox: full }));
  expect(told.map(({ id, title }) => [id, title])).toEqual([["51", "shop/Deployment/web: hang"]]);
  expect([status.outbox.length, status.outbox[0]?.id]).toEqual([50, "2"]);
});

const marks = ({ remediations }: IncidentStatus) => remediations.findLast(({ state }) => state !== "Finished")?.id;

test("a leak that leaks again after its restart is restarted once, and then a person is asked, for hours", () => {
  const leak = theSignals({ memoryByPod: { "web-2-a": rising(0.3, 0.95, 900) } });
  const { status, told, requested, tokens } = follow(180, (_, before) => ({
    workload: aWorkload({ mark: marks(before) }),
    signals: leak,
  }));
  expect(requested).toEqual([`${incidentUid}-1`]);
  expect([status.phase, status.hold?.reason, status.remediations.map(({ outcome }) => outcome)]).toEqual([
    "Escalated",
    "LadderExhausted",
    ["Failed"],
  ]);
  expect(titles(told)).toEqual([
    "opened: shop/Deployment/web: ServiceErrorRateHigh",
    "diagnosed: shop/Deployment/web: memory leak",
    "diagnosed: shop/Deployment/web: memory leak",
    "escalated: A person is needed: no remedy is left",
  ]);
  expect(tokens.map(({ id }) => id)).toEqual([`${incidentUid}-1`]);
});

test("a leak that the kernel's kill mends for a moment, after its restart: the call for a person stands, and so does the cause", () => {
  const leak = theSignals({ memoryByPod: { "web-2-a": rising(0.3, 0.95, 900) } });
  const spent = aLedger([aToken({ id: "other-1", cause: "MemoryLeak", at: secondsAgo(900) })]);
  const { status, told, requested } = follow(
    20,
    (seconds) => ({ workload: aWorkload(), signals: seconds < 30 ? leak : theSignals() }),
    seen({ outbox: [] }, { ledger: spent }),
  );
  expect(requested).toEqual([]);
  expect([status.phase, status.hold?.reason, status.diagnosis?.cause]).toEqual([
    "Escalated",
    "LadderExhausted",
    "MemoryLeak",
  ]);
  expect(titles(told).slice(1)).toEqual([
    "diagnosed: shop/Deployment/web: memory leak",
    "escalated: A person is needed: no remedy is left",
  ]);
  expect(told.at(-1)?.lines.at(-1)).toContain("closes the incident when it has been healthy");
});

test("two passes between which nothing could be read are not two in a row", () => {
  const leak = theSignals({ memoryByPod: { "web-2-a": rising(0.3, 0.95, 900) } });
  const { requested } = follow(0.6, (seconds) => ({
    workload: aWorkload(),
    signals: seconds === 10 ? undefined : seconds === 20 || seconds === 0 ? leak : theSignals(),
  }));
  expect(requested).toEqual([]);
});

test("what signals say once is nothing to call a person for", () => {
  const busy = theSignals({ cpuByPod: { "web-2-a": stepped(0.3, 0.95, 300) }, requestRate: stepped(10, 20, 300) });
  const { status, told } = follow(
    5,
    (seconds) => ({
      workload: aWorkload(),
      signals: seconds < 5 ? busy : theSignals(),
      policy: { ...defaultPolicy, maxReplicas: 3 },
    }),
    seen({ outbox: [] }),
  );
  expect([titles(told).slice(1), status.diagnosis?.cause, status.escalatedAt]).toEqual([[], "NothingWrong", undefined]);
});

test("a hang is restarted, proven, and over: every message once", () => {
  const { status, told, requested } = follow(10, (_, before) =>
    before.remediations.length > 0 ? { workload: aWorkload({ mark: marks(before) }), held: [] } : {},
  );
  expect([status.phase, status.outcome, requested, titles(told)]).toEqual([
    "Closed",
    "Succeeded",
    [`${incidentUid}-1`],
    [
      "opened: shop/Deployment/web: ServiceErrorRateHigh",
      "diagnosed: shop/Deployment/web: hang",
      "recovered: Recovered after 6 min",
    ],
  ]);
});

test("what nobody carries out is requested again with the same id, then given up: no second one", () => {
  const { status, requested } = follow(60, () => ({}));
  expect(new Set(requested)).toEqual(new Set([`${incidentUid}-1`]));
  expect(requested.length).toBe(21);
  expect([status.phase, status.remediations.map(({ reason }) => reason)]).toEqual(["Escalated", ["NotApplied"]]);
});

test("a workload deleted in the middle of its remediation: the incident ends, though its alert fires on", () => {
  const { status, told } = follow(60, (seconds) => (seconds < 15 ? {} : { workload: undefined, held: heldAlerts() }));
  expect([status.phase, status.outcome, status.remediations.map(({ reason }) => reason)]).toEqual([
    "Closed",
    "Inconclusive",
    ["TargetGone"],
  ]);
  expect(titles(told).slice(-2)).toEqual([
    "held: Held: the alert leads to no workload",
    "closed: Over after 21 min: what it was about is gone",
  ]);
});

test("Prometheus away for an hour in the middle of a proof: told once, and judged when it is back", () => {
  const { status, told } = follow(90, (seconds, before) => ({
    ...(before.remediations.length > 0 ? { workload: aWorkload({ mark: marks(before) }), held: [] } : {}),
    ...(seconds > 30 && seconds < 3630 ? { signals: undefined } : {}),
  }));
  expect([status.phase, status.outcome]).toEqual(["Closed", "Succeeded"]);
  expect(titles(told).slice(2)).toEqual([
    "held: Held: the evidence can't be read",
    "recovered: Recovered after 67 min",
  ]);
});

test("a crash between token and record, and another remedy afterwards: its own token stands behind it", () => {
  const errors = {
    workload: aWorkload({
      revisions: aWorkload().revisions.map((revision, i) =>
        i > 0 ? revision : { ...revision, createdAt: secondsAgo(120) },
      ),
    }),
    signals: theSignals({ errorRatio: stepped(0, 0.5, 90) }),
  };
  const { status, tokens } = follow(0.1, () => errors, seen({}, { ledger: aLedger([aToken({ at: secondsAgo(10) })]) }));
  const [remediation] = status.remediations;
  expect(tokens.filter(({ undo }) => !undo).map(({ id, remedy }) => ({ id, remedy }))).toEqual([
    { id: remediation?.id, remedy: remediation?.remedy },
  ]);
});

test("traffic that comes while a rollout is stuck: nothing is scaled up to be taken back at once", () => {
  const busy = theSignals({ cpuByPod: { "web-2-a": stepped(0.3, 0.95, 300) }, requestRate: stepped(10, 20, 300) });
  const { status, told, requested } = follow(15, (_, before) => ({
    workload: aWorkload({ rollout: "Stuck", mark: marks(before) }),
    signals: busy,
  }));
  expect([requested, status.hold?.reason]).toEqual([[], "RolloutInProgress"]);
  expect(titles(told).slice(-1)).toEqual(["held: Held: a rollout is going on"]);
});
