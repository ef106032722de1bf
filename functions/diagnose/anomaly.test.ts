import { anAlert, aWorkload, incidentUid, now, rising, secondsAgo, stepped, theSignals } from "@autoheal/lib/testing";
import { describe, expect, test } from "vitest";
import { decide } from "./decide.ts";
import { scoredOf } from "./incoming.ts";
import { seen, settings } from "./testing.ts";

const calm = { workload: aWorkload(), signals: theSignals() };
const askedNow = { askedAt: now.toISOString() };
const note = {
  incident: { namespace: "shop", name: "deployment-web-1", uid: incidentUid },
  workload: "shop/Deployment/web",
  verdict: "ANOMALOUS" as const,
  at: secondsAgo(1),
  reasons: [
    {
      metric: "memory working set",
      size: 9,
      level: 9,
      text: "memory working set is 9.0 robust sd above its usual level",
    },
  ],
};

describe("a score is asked for", () => {
  const rows: [sentence: string, status: Parameters<typeof seen>[0], asked: boolean][] = [
    ["of an incident that was never asked about", { anomaly: undefined }, true],
    ["again when the last one is no evidence of now any more", { anomaly: { askedAt: secondsAgo(300) } }, true],
    ["not again while it may still come", { anomaly: { askedAt: secondsAgo(299) } }, false],
    ["of an anomaly", { anomaly: undefined, alerts: [anAlert({ type: "anomaly" })] }, true],
    [
      "not where the alert is of nothing that is measured",
      { anomaly: undefined, alerts: [anAlert({ type: "rollout" })] },
      false,
    ],
    ["not for an alert that has ended", { anomaly: undefined, alerts: [anAlert({ endsAt: secondsAgo(5) })] }, false],
  ];
  test.each(rows)("%s", (_, status, asked) => {
    const { anomaly, ...rest } = status ?? {};
    const held = rest.alerts?.[0]?.endsAt ? { held: [] } : {};
    const observed = seen(rest, { ...calm, ...held });
    const { anomaly: _before, ...without } = observed.incident.status ?? {};
    const incident = { ...observed.incident, status: { ...without, ...(anomaly ? { anomaly } : {}) } };
    const step = decide({ ...observed, incident: incident as typeof observed.incident }, settings, now); // reason: only `anomaly` differs
    const requests = step.post.filter(({ name }) => name === "anomaly.requested");
    expect(requests.map(({ subject, data }) => [subject, data])).toEqual(
      asked ? [["shop/Deployment/web", { incident: note.incident, workload: "shop/Deployment/web" }]] : [],
    );
    expect(step.status.anomaly?.askedAt).toBe(asked ? now.toISOString() : anomaly?.askedAt);
  });

  test("not where it is acted on at once", () => {
    const step = decide(seen({ anomaly: { askedAt: secondsAgo(900) } }), settings, now);
    expect(step.post.map(({ name }) => name)).toEqual(["remedy.requested", "incident.diagnosed"]);
  });
});

describe("a score that comes", () => {
  test("is kept, and is evidence while it is fresh", () => {
    const step = decide(seen({}, calm), settings, now, { scored: note });
    const { verdict, at, reasons } = note;
    expect(step.status.anomaly).toEqual({ askedAt: secondsAgo(20), verdict, at, reasons });
    expect(step.status.diagnosis?.cause).toBe("Unknown");
    expect(step.status.hold?.reason).toBe("CauseUnknown");
  });

  test.each([
    ["too old", { ...askedNow, verdict: "ANOMALOUS" as const, at: secondsAgo(300), reasons: note.reasons }],
    ["of too little data", { ...askedNow, verdict: "INSUFFICIENT_DATA" as const, at: secondsAgo(1), reasons: [] }],
    ["not there", askedNow],
  ])("decides nothing where it is %s", (_, anomaly) => {
    expect(decide(seen({ anomaly }, calm), settings, now).status.diagnosis?.cause).toBe("NothingWrong");
  });

  test.each([
    ["of another workload", {}, { ...note, workload: "shop/Deployment/api" }],
    ["that nobody asked for lately", { anomaly: { askedAt: secondsAgo(300) } }, note],
  ])("is not taken where it is one %s", (_, status, scored) => {
    const step = decide(seen(status, calm), settings, now, { scored });
    expect(step.status.anomaly?.verdict).toBeUndefined();
    expect(step.status.diagnosis?.cause).toBe("NothingWrong");
  });

  test("from the future is one of now: it would be fresh for ever", () => {
    const step = decide(seen({}, calm), settings, now, { scored: { ...note, at: secondsAgo(-86_400) } });
    expect(step.status.anomaly?.at).toBe(now.toISOString());
  });

  test("makes a slow leak be seen, which is acted on when it is said twice", () => {
    const creeping = {
      workload: aWorkload(),
      signals: theSignals({ memoryByPod: { "web-2-a": rising(0.3, 0.42, 3600) } }),
    };
    const first = decide(seen({}, creeping), settings, now, { scored: note });
    expect(first.status.hold?.reason).toBe("Confirming");
    const due = new Date(first.status.dueAt ?? "");
    const second = decide(seen(first.status, creeping), settings, due);
    expect(second.post.map(({ name }) => name)).toContain("remedy.requested");
    expect(second.status.remediations[0]?.remedy).toBe("restart");
  });
});

/** CPU runs away: signals alone say so. */
const runaway = {
  workload: aWorkload(),
  signals: theSignals({ cpuByPod: { "web-2-a": stepped(0.2, 0.95, 600) } }),
};

describe("said twice is said at two reviews: a score that comes in between makes no second one", () => {
  const first = decide(seen({}, runaway), settings, now).status;
  const soon = new Date(now.getTime() + 200);

  test("before the incident is due nothing is confirmed", () => {
    expect(first.diagnosis?.cause).toBe("CpuRunaway");
    const between = decide(seen(first, runaway), settings, soon, { scored: note });
    expect(between.status.hold?.reason).toBe("Confirming");
    expect(between.status.remediations).toEqual([]);
  });

  test("when it is due, it is", () => {
    const due = new Date(Date.parse(first.dueAt ?? ""));
    expect(decide(seen(first, runaway), settings, due, { scored: note }).status.remediations).toHaveLength(1);
  });
});

test.each([
  ["no object", null],
  ["of no workload", { ...note, workload: undefined }],
  ["no verdict", { ...note, verdict: "FINE" }],
  ["no time", { ...note, at: "yesterday" }],
  ["no reasons", { ...note, reasons: "many" }],
])("an answer that is none: %s", (_, data) => {
  expect(scoredOf(data, note.incident)).toBeUndefined();
});

test("of an answer only what an Incident can hold is taken", () => {
  const [reason] = note.reasons;
  const reasons = [{ ...reason, text: "x".repeat(5000) }, { metric: 1 }, reason, reason, reason];
  expect(scoredOf({ ...note, reasons, more: "?" }, note.incident)?.reasons).toEqual([
    { ...reason, text: "x".repeat(1024) },
    reason,
  ]);
});
