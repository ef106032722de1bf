import type { Delivery, Incident, OutboxEntry } from "@autoheal/lib/incident";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ChannelName, type Circumstances, decide } from "./decide.ts";
import { isFinished, rootOf, withChanges } from "./deliveries.ts";

const now = new Date("2026-01-02T03:10:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();

const entry = (id: string): OutboxEntry => ({ id, event: "opened", title: `entry ${id}`, lines: [], at: ago(60) });
const delivery = (id: string, channel: ChannelName, state: Delivery["state"], secondsAgo = 1): Delivery => ({
  entry: id,
  channel,
  state,
  at: ago(secondsAgo),
  ...(state === "Sent" ? { reference: `${channel}-${id}` } : {}),
});

function anIncident(ids: string[], deliveries: Delivery[] = []): Incident {
  return {
    apiVersion: "autoheal.dev/v1alpha1",
    kind: "Incident",
    metadata: {
      name: "deployment-user-1",
      namespace: "shop",
      uid: "u",
      resourceVersion: "1",
      creationTimestamp: ago(60),
    },
    spec: { subject: "shop/Deployment/user", openedAt: ago(60) },
    status: { phase: "Open", alerts: [], evidence: [], remediations: [], outbox: ids.map(entry), deliveries },
  };
}

const calm: Circumstances = { channels: ["event", "slack"], shut: new Set(), claimSeconds: 15 };
const sent = (id: string) => [delivery(id, "event", "Sent"), delivery(id, "slack", "Sent")];

describe("what is sent next", () => {
  const rows: [name: string, incident: Incident, over: Partial<Circumstances>, sends: string[] | string][] = [
    ["a new entry: on every channel", anIncident(["1"]), {}, ["1 event", "1 slack"]],
    ["two new entries: the older one", anIncident(["1", "2"]), {}, ["1 event", "1 slack"]],
    ["what one channel has: on the others", anIncident(["1"], [delivery("1", "event", "Sent")]), {}, ["1 slack"]],
    [
      "an entry whose event was lost: caught up by the next one's",
      anIncident(["1", "2"], sent("2")),
      {},
      ["1 event", "1 slack"],
    ],
    [
      "what was refused: never again",
      anIncident(["1"], [delivery("1", "event", "Sent"), delivery("1", "slack", "Refused")]),
      {},
      "AllTold",
    ],
    ["all is sent: nothing", anIncident(["1"], sent("1")), {}, "AllTold"],
    ["nothing to tell: nothing", anIncident([]), {}, "AllTold"],
    [
      "being sent for 14 s: left to who sends it",
      anIncident(["1"], [delivery("1", "event", "Sent"), delivery("1", "slack", "Sending", 14)]),
      {},
      "InOtherHands",
    ],
    [
      "being sent for 15 s: taken over, looked for first",
      anIncident(["1"], [delivery("1", "event", "Sent"), delivery("1", "slack", "Sending", 15)]),
      {},
      ["1 slack begun"],
    ],
    [
      "the receiver was away: tried again at once",
      anIncident(["1"], [delivery("1", "event", "Sent"), delivery("1", "slack", "Away")]),
      {},
      ["1 slack"],
    ],
    [
      "in other hands on one channel: the next entry waits there, and only there",
      anIncident(["1", "2"], [delivery("1", "event", "Sent"), delivery("1", "slack", "Sending")]),
      {},
      ["2 event"],
    ],
    [
      "a channel that is shut: nothing there, also of later entries",
      anIncident(["1", "2"], [delivery("1", "event", "Sent")]),
      { shut: new Set(["slack"]) },
      ["2 event"],
    ],
    ["a channel that is not configured: nothing there", anIncident(["1"]), { channels: ["event"] }, ["1 event"]],
  ];
  test.each(rows)("%s", (_name, incident, over, sends) => {
    const decision = decide(incident, { ...calm, ...over }, now);
    const told =
      decision.verdict === "hold"
        ? decision.reason
        : decision.effects.map(({ entry, channel, begun }) => `${entry.id} ${channel}${begun ? " begun" : ""}`);
    expect(told).toEqual(sends);
  });

  test("an incident that was just created has nothing to tell", () => {
    const { status: _, ...created } = anIncident([]);
    expect(decide(created, calm, now)).toMatchObject({ verdict: "hold", reason: "AllTold" });
  });
});

describe("deliveries", () => {
  const rows: [name: string, incident: Incident, changes: Delivery[], after: Delivery[]][] = [
    ["a claim", anIncident(["1"]), [delivery("1", "slack", "Sending")], [delivery("1", "slack", "Sending")]],
    [
      "a claim that ended",
      anIncident(["1"], [delivery("1", "slack", "Sending")]),
      [delivery("1", "slack", "Sent")],
      [delivery("1", "slack", "Sent")],
    ],
    [
      "a claim that came to nothing: it stays known that it is not told",
      anIncident(["1"], [delivery("1", "slack", "Sending")]),
      [delivery("1", "slack", "Away")],
      [delivery("1", "slack", "Away")],
    ],
    [
      "what is sent stays sent",
      anIncident(["1"], sent("1")),
      [delivery("1", "slack", "Refused"), delivery("1", "event", "Away")],
      sent("1"),
    ],
    [
      "entries that left the outbox go, but for the thread's root",
      anIncident(["3"], [...sent("1"), ...sent("2")]),
      [delivery("3", "event", "Sent")],
      [delivery("1", "slack", "Sent"), delivery("3", "event", "Sent")],
    ],
  ];
  test.each(rows)("%s", (_name, incident, changes, after) => expect(withChanges(incident, changes)).toEqual(after));

  test("the root is the first message that was sent", () => {
    const [refused, first, second] = [
      delivery("1", "slack", "Refused"),
      delivery("2", "slack", "Sent"),
      delivery("3", "slack", "Sent"),
    ];
    expect(rootOf([refused, first, second], "slack")).toBe(first);
    expect(rootOf([refused, delivery("1", "event", "Sent")], "slack")).toBeUndefined();
  });
});

test("whatever stands in the record, following the decisions sends each entry at most once on each channel, then rests", () => {
  const states = fc.constantFrom<Delivery["state"] | "none">("none", "Sending", "Away", "Sent", "Refused");
  const records = fc.array(fc.record({ event: states, slack: states, secondsAgo: fc.integer({ min: 0, max: 30 }) }), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(records, (given) => {
      const ids = given.map((_, i) => String(i + 1));
      const before = given.flatMap(({ event, slack, secondsAgo }, i) => [
        ...(event === "none" ? [] : [delivery(String(i + 1), "event", event, secondsAgo)]),
        ...(slack === "none" ? [] : [delivery(String(i + 1), "slack", slack, secondsAgo)]),
      ]);
      let incident = anIncident(ids, before);
      const seen: string[] = [];
      for (;;) {
        const decision = decide(incident, calm, now);
        if (decision.verdict === "hold") break;
        const changes = decision.effects.map(({ entry, channel }) => delivery(entry.id, channel, "Sent"));
        seen.push(...changes.map((change) => `${change.channel} ${change.entry}`));
        incident = anIncident(ids, withChanges(incident, changes));
      }
      expect(new Set(seen).size).toBe(seen.length);
      const finished = before.filter(isFinished).map((one) => `${one.channel} ${one.entry}`);
      expect(seen.filter((one) => finished.includes(one))).toEqual([]);
    }),
  );
});
