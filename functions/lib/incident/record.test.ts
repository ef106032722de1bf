import fc from "fast-check";
import { expect, test } from "vitest";
import type { Alert } from "../alert/index.ts";
import { anAlert, anIncident, aRemediation, now, secondsAgo } from "../testing/index.ts";
import {
  cutToSize,
  type Incident,
  type IncidentStatus,
  incidentName,
  incidentStatus,
  lastNumber,
  openStatus,
  relevantAlerts,
  statusPatch,
  subjectHash,
  withAlerts,
} from "./index.ts";

const started = "2026-01-01T11:55:00.123456789Z";

/** An alert of a webhook that fires. */
const received = (alert: Partial<Alert> = {}): Alert => ({
  status: "firing",
  labels: { alertname: "ServiceErrorRateHigh", namespace: "shop", service: "web", severity: "critical" },
  annotations: { summary: "Service answers many requests with errors." },
  startsAt: started,
  endsAt: "0001-01-01T00:00:00Z",
  fingerprint: "f1",
  ...alert,
});
const resolved = (alert: Partial<Alert> = {}) =>
  received({ status: "resolved", endsAt: "2026-01-01T11:58:00Z", ...alert });
const open = openStatus(now);
const valid = (status: IncidentStatus) => expect(incidentStatus.safeParse(status).error?.issues).toBeUndefined();

test("an incident that was just opened is due at once", () => {
  expect(open).toEqual({
    phase: "Open",
    alerts: [],
    evidence: [],
    remediations: [],
    outbox: [],
    dueAt: now.toISOString(),
  });
});

test("an alert is recorded with what people and guardrails need of it", () => {
  const status = withAlerts(open, [received()], now);
  expect(status).toEqual({
    ...open,
    alerts: [
      {
        fingerprint: "f1",
        startsAt: "2026-01-01T11:55:00.123Z",
        name: "ServiceErrorRateHigh",
        type: "other",
        severity: "critical",
        labels: received().labels,
        summary: "Service answers many requests with errors.",
        receivedAt: now.toISOString(),
      },
    ],
  });
  valid(status);
});

const later = new Date(now.getTime() + 60_000);

test("joining twice is joining once, but for when it was last spoken of", () => {
  const once = withAlerts(open, [received()], now);
  const [alert] = once.alerts;
  expect(withAlerts(once, [received()], now)).toEqual(once);
  expect(withAlerts(once, [received()], later)).toEqual({
    ...once,
    alerts: [{ ...alert, receivedAt: later.toISOString() }],
    dueAt: later.toISOString(),
  });
});

test("a resolved alert ends its entry; a firing one that comes late does not turn it back", () => {
  const ended = withAlerts(withAlerts(open, [received()], now), [resolved()], now);
  expect(ended.alerts.map(({ endsAt }) => endsAt)).toEqual(["2026-01-01T11:58:00.000Z"]);
  expect(withAlerts(ended, [received()], later).alerts).toEqual(ended.alerts);
});

test("an alert that ended without saying when ended now", () => {
  const ended = withAlerts(open, [resolved({ endsAt: "0001-01-01T00:00:00Z" })], now);
  expect(ended.alerts[0]?.endsAt).toBe(now.toISOString());
});

test("the next episode of the same alert is another entry", () => {
  const status = withAlerts(open, [received(), received({ startsAt: "2026-01-01T11:59:00Z" })], now);
  expect(status.alerts.map(({ startsAt }) => startsAt)).toEqual([
    "2026-01-01T11:55:00.123Z",
    "2026-01-01T11:59:00.000Z",
  ]);
});

test("the latest 200 alerts are kept, the rest as a count", () => {
  const many = Array.from({ length: 203 }, (_, i) => received({ fingerprint: `f${i}` }));
  const status = withAlerts(open, many, now);
  expect([status.alerts.length, status.alerts[0]?.fingerprint, status.alertsDropped]).toEqual([200, "f3", 3]);
  valid(status);
});

const flapping = Array.from({ length: 300 }, (_, i) =>
  anAlert({ fingerprint: `f${i}`, summary: "x".repeat(500), ...(i === 0 ? {} : { endsAt: secondsAgo(10) }) }),
);

test.each<[what: string, status: IncidentStatus]>([
  ["in number", withAlerts({ ...open, alerts: flapping.slice(0, 200) }, [received({ fingerprint: "new" })], now)],
  ["in size", cutToSize({ ...open, alerts: flapping })],
])("of too many alerts %s, the old one that fires still is kept, and resolved ones are dropped", (_, status) => {
  const { alerts, alertsDropped = 0 } = status;
  expect(alerts[0]?.fingerprint).toBe("f0");
  expect(alertsDropped).toBeGreaterThan(0);
  expect(alerts.slice(1).map(({ fingerprint }) => fingerprint)).not.toContain("f1");
  valid(status);
});

test("an alert of very many and very long labels does not fill the incident", () => {
  const labels = Object.fromEntries([
    ["l".repeat(129), "left out"],
    ...Array.from({ length: 100 }, (_, i) => [`label${i}`, "x".repeat(2000)] as const),
  ]);
  const annotations = { summary: "y".repeat(2000) };
  const status = withAlerts(open, [received({ labels, annotations, fingerprint: "f".repeat(300) })], now);
  const [alert] = status.alerts;
  expect(Object.keys(alert?.labels ?? {})).toEqual(Array.from({ length: 64 }, (_, i) => `label${i}`));
  expect([alert?.labels.label0?.length, alert?.summary?.length, alert?.fingerprint.length]).toEqual([256, 1024, 253]);
  valid(status);
});

test("whatever labels and annotations say, the status stays what the schema takes", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "Z", "_", "-", "ä", "\0", "\ud83d", '"'), maxLength: 20 });
  fc.assert(
    fc.property(fc.dictionary(text, text, { maxKeys: 5 }), text, (labels, summary) => {
      valid(withAlerts(open, [received({ labels, annotations: { summary }, fingerprint: summary })], now));
    }),
  );
});

const closed = (alerts: IncidentStatus["alerts"]): Incident => anIncident(aRemediation(), { phase: "Closed", alerts });
const joined = (alerts: IncidentStatus["alerts"]): Incident => anIncident(aRemediation(), { alerts });
const firing = anAlert({ startsAt: started });
const over = anAlert({ startsAt: started, endsAt: secondsAgo(30) });

test.each<[sentence: string, alert: Alert, incidents: Incident[], relevant: boolean]>([
  ["it fires and nobody knows it: opens one", received(), [], true],
  ["it fires and is known to", received(), [joined([firing])], true],
  ["it fires, but an open incident saw it resolved: a late repeat", received(), [joined([over])], false],
  ["it fires, but a closed incident saw it resolved: a late repeat", received(), [closed([over])], false],
  ["it fires again, a new episode", received({ startsAt: "2026-01-01T11:59:30Z" }), [closed([over])], true],
  ["it fires still, though its incident was closed", received(), [closed([firing])], true],
  ["it is resolved, and was known to fire", resolved(), [joined([firing])], true],
  ["it is resolved, and nobody saw it fire", resolved(), [], false],
  ["it is resolved for the second time", resolved(), [joined([over])], false],
  ["it is resolved, and its incident is closed: that opens none", resolved(), [closed([firing])], false],
])("does it belong? %s", (_, alert, incidents, relevant) => {
  expect(relevantAlerts([alert], incidents)).toEqual(relevant ? [alert] : []);
});

const bytes = (status: IncidentStatus) => Buffer.byteLength(JSON.stringify(status));
const large = Array.from({ length: 200 }, (_, i) => anAlert({ fingerprint: `f${i}`, summary: "ä".repeat(1000) }));
const message = (i: number) => ({
  id: String(i),
  event: "held" as const,
  title: "Held: Paused",
  lines: Array.from({ length: 12 }, () => "x".repeat(1000)),
  at: now.toISOString(),
});

test("what fits is not cut", () => {
  const status: IncidentStatus = { ...open, alerts: large.slice(0, 5), outbox: [message(1)] };
  expect(cutToSize(status)).toEqual(status);
});

test.each<[what: string, status: IncidentStatus]>([
  ["alerts", { ...open, alerts: large }],
  ["messages", { ...open, alerts: [anAlert()], outbox: Array.from({ length: 60 }, (_, i) => message(i)) }],
  ["both", { ...open, alerts: large, outbox: Array.from({ length: 60 }, (_, i) => message(i)) }],
])("too many %s are cut to the latest that fit; remediations never", (_, status) => {
  const cut = cutToSize({ ...status, remediations: [aRemediation()] });
  expect(bytes(cut)).toBeLessThanOrEqual(60_000);
  expect(cut.remediations).toEqual([aRemediation()]);
  expect(cut.alerts).toEqual(status.alerts.slice(-cut.alerts.length));
  expect(cut.outbox).toEqual(status.outbox.slice(status.outbox.length - cut.outbox.length));
  expect(cut.alerts.length).toBeGreaterThan(0);
  expect(cut.alerts.length + (cut.alertsDropped ?? 0)).toBe(status.alerts.length);
  valid(cut);
});

test("a patch names what is gone, and leaves notify's field alone", () => {
  const before: IncidentStatus = {
    ...open,
    hold: { reason: "Paused", message: "m", since: now.toISOString() },
    deliveries: [{ entry: "1", channel: "event", state: "Sent", at: now.toISOString() }],
  };
  const { dueAt: _, hold: _held, ...rest } = before;
  const { deliveries: _theirs, ...mine } = rest;
  expect(statusPatch(before, { ...rest, phase: "Closed" })).toEqual({
    ...mine,
    phase: "Closed",
    dueAt: null,
    hold: null,
  });
  expect(statusPatch(undefined, open)).toEqual(open);
});

test("a patch makes one status into another, as RFC 7396 has it", () => {
  const hold = fc.record({ reason: fc.string(), message: fc.string(), since: fc.string() });
  const statuses = fc.record(
    {
      phase: fc.constantFrom("Open", "Held", "Closed"),
      alerts: fc.array(fc.constantFrom(firing, over)),
      hold,
      dueAt: fc.string(),
      outcome: fc.constantFrom("Held", "Failed"),
    },
    { requiredKeys: ["phase", "alerts"] },
  ) as unknown as fc.Arbitrary<IncidentStatus>; // reason: the fields that matter here
  fc.assert(
    fc.property(statuses, statuses, (before, after) => {
      expect(merged(before, statusPatch(before, after))).toEqual(after);
    }),
  );
});

/** JSON merge patch, as the API server does it. */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> =
    typeof target === "object" && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

test.each<[sentence: string, name: string | undefined, subject: string, n: number, incident: string]>([
  ["a workload's first", "web", "shop/Deployment/web", 1, "deployment-web-1"],
  ["a workload's twelfth", "web", "shop/Deployment/web", 12, "deployment-web-12"],
  ["a target's that is no workload", undefined, "/Node/n1", 3, `target-${subjectHash("/Node/n1")}-3`],
  ["a very long name's", "w".repeat(240), "s", 1, `deployment-${"w".repeat(199)}-${subjectHash("s")}-1`],
])("the name of an incident: %s", (_, name, subject, n, incident) => {
  const workload = name ? { kind: "Deployment" as const, namespace: "shop", name } : undefined;
  expect(incidentName(workload, subject, n)).toBe(incident);
  expect(incident.length).toBeLessThanOrEqual(253);
});

test("incidents are counted on from the highest number there is", () => {
  const named = (name: string) => ({ metadata: { ...anIncident().metadata, name } });
  expect(lastNumber([])).toBe(0);
  expect(lastNumber([named("deployment-web-2"), named("deployment-web-10"), named("odd")])).toBe(10);
});
