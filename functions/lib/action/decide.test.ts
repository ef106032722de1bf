import fc from "fast-check";
import { expect, test } from "vitest";
import { hold } from "../effect/index.ts";
import type { GuardrailReason } from "../guardrail/index.ts";
import type { Remediation } from "../incident/index.ts";
import type { Token } from "../ledger/index.ts";
import { defaultPolicy, modes } from "../policy/index.ts";
import {
  aDeployment,
  anAlert,
  anIncident,
  aRemediation,
  aToken,
  incidentUid,
  now,
  secondsAgo,
  theObjects,
} from "../testing/index.ts";
import {
  type ActionDecision,
  type ActionReason,
  alreadyThere,
  decideAction,
  markOnly,
  mergeSpec,
  type Plan,
  type Request,
  reportOf,
  type Seen,
  writing,
} from "./index.ts";

const plan: Plan = ({ workload, entry }) => writing(mergeSpec(workload, entry.id, { touched: true }));

const request: Request = {
  remedy: "restart",
  plan,
  note: {
    incident: { namespace: "shop", name: "deployment-web-1", uid: incidentUid },
    remediation: `${incidentUid}-1`,
  },
  settings: { protectedNamespaces: ["kube-system"], confirmAlerts: true },
};

const ledger = (...tokens: Token[]): NonNullable<Seen["ledger"]> => ({
  metadata: { name: "default", uid: "l", resourceVersion: "1", creationTimestamp: "" },
  spec: { pauses: [] },
  status: { tokens },
});

/** A requested restart of a calm workload, in mode Auto. */
const seen = (parts: Partial<Seen> = {}): Seen => ({
  incident: anIncident(),
  ledger: ledger(aToken()),
  objects: theObjects(),
  policy: defaultPolicy,
  now,
  ...parts,
});
const requested = (entry: Partial<Remediation>) => ({ incident: anIncident(aRemediation(entry)) });
const deployment = (metadata: object, spec: object = {}) => {
  const calm = aDeployment();
  return {
    objects: theObjects({
      object: { ...calm, metadata: { ...calm.metadata, ...metadata }, spec: { ...calm.spec, ...spec } as never },
    }),
  }; // reason: a Deployment's spec with some of its fields changed
};
const mark = { annotations: { "autoheal.dev/remediation": `${incidentUid}-1` } };

const effects = [
  {
    do: "merge",
    object: { kind: "Deployment", namespace: "shop", name: "web" },
    patch: { metadata: { resourceVersion: "100", ...mark }, spec: { touched: true } },
  },
];

test("a calm case: the write carries the resourceVersion of the read, and the mark", () => {
  expect(decideAction(request, seen())).toEqual({ verdict: "act", reason: "Requested", effects });
});

test.each<[sentence: string, parts: Partial<Seen>, reason: ActionReason]>([
  ["there is no such incident", { incident: undefined }, "NotReserved"],
  ["an incident of that name has another uid", { incident: renamed({ uid: "other" }) }, "NotReserved"],
  ["the incident lists no such remediation", requested({ id: `${incidentUid}-2` }), "NotReserved"],
  ["the incident was just created", { incident: statusless() }, "NotReserved"],
  ["the incident is closed", { incident: anIncident(aRemediation(), { phase: "Closed" }) }, "NotReserved"],
  [
    "the incident is of another namespace than its workload",
    { incident: renamed({ namespace: "mine" }) },
    "NotReserved",
  ],
  ["the incident requests it as another remedy", requested({ remedy: "rollback" }), "NotReserved"],
  ["there is no ledger", { ledger: undefined }, "NotReserved"],
  ["the ledger has no token of it", { ledger: ledger(aToken({ id: "x-1" })) }, "NotReserved"],
  ["its token is another workload's", { ledger: ledger(aToken({ workload: "shop/Deployment/api" })) }, "NotReserved"],
  ["its token is another remedy's", { ledger: ledger(aToken({ remedy: "scale" })) }, "NotReserved"],
  [
    "the token of what would take it back is not its own",
    { ledger: ledger(aToken({ id: `${incidentUid}-1-undo`, undo: true })) },
    "NotReserved",
  ],
  ["it was finished", requested({ state: "Finished", outcome: "Failed" }), "AlreadyFinished"],
  ["the workload is gone", { objects: undefined }, "TargetGone"],
  ["the workload was made anew", deployment({ uid: "other" }), "ChangedMeanwhile"],
  ["one that was made anew has the old mark", deployment({ uid: "other", ...mark }), "ChangedMeanwhile"],
  ["somebody changed its spec", deployment({ generation: 8 }), "ChangedMeanwhile"],
  ["its generation went back", deployment({ generation: 6 }), "ChangedMeanwhile"],
  [
    "another remediation's mark, and its generation",
    deployment({ generation: 8, annotations: { "autoheal.dev/remediation": "5c1d-0" } }),
    "ChangedMeanwhile",
  ],
])("%s", (_sentence, parts, reason) => {
  expect(decideAction(request, seen(parts))).toEqual(hold(reason, expect.any(String)));
});

test.each<[sentence: string, parts: Partial<Seen>, reason: GuardrailReason]>([
  ["the policy says Observe by now", { policy: { ...defaultPolicy, mode: "Observe" } }, "ModeObserve"],
  ["the policy says Off by now", { policy: { ...defaultPolicy, mode: "Off" } }, "ModeOff"],
  ["the policy says Approve by now", { policy: { ...defaultPolicy, mode: "Approve" } }, "ApprovalNeeded"],
  ["the remedy is not allowed any more", { policy: { ...defaultPolicy, remedies: ["scale"] } }, "RemedyNotAllowed"],
  [
    "somebody paused it",
    { ledger: { ...ledger(aToken()), spec: { pauses: [{ scope: "Cluster", reason: "release", by: "ann" }] } } },
    "Paused",
  ],
  ["another remediation was just reserved", { ledger: ledger(aToken(), aToken({ id: "77-1" })) }, "Cooldown"],
  [
    "its alerts are resolved by now",
    { incident: anIncident(aRemediation(), { alerts: [anAlert({ endsAt: secondsAgo(1) })] }) },
    "NoAlertFiring",
  ],
  [
    "its alert is silenced",
    { incident: anIncident(aRemediation(), { alerts: [anAlert({ seen: "suppressed" })] }) },
    "AlertSilenced",
  ],
  ["somebody paused the Deployment", deployment({}, { paused: true }), "RolloutPaused"],
])("a guardrail holds at the last moment: %s", (_sentence, parts, reason) => {
  expect(decideAction(request, seen(parts))).toEqual(hold(reason, expect.any(String)));
});

test("a protected namespace holds", () => {
  const settings = { ...request.settings, protectedNamespaces: ["shop"] };
  expect(decideAction({ ...request, settings }, seen())).toEqual(hold("ProtectedNamespace", expect.any(String)));
});

test.each<[sentence: string, parts: Partial<Seen>]>([
  ["the workload has its mark", deployment(mark)],
  ["the workload has its mark, and has changed since", deployment({ ...mark, generation: 9 })],
  ["the workload has its mark, and is paused", { ...deployment(mark), policy: { ...defaultPolicy, mode: "Off" } }],
  [
    "the incident says so, though token and workload are gone",
    { ...requested({ state: "Applied" }), ledger: undefined, objects: undefined },
  ],
])("it was applied: %s", (_sentence, parts) => {
  expect(decideAction(request, seen(parts))).toEqual({ verdict: "act", reason: "AlreadyApplied", effects: [] });
});

test("a change that is there is marked, whatever came since: the mark is the record", () => {
  const there: Plan = ({ workload, entry }) => alreadyThere(markOnly(workload, entry.id));
  const parts = { ...deployment({ generation: 9 }), policy: { ...defaultPolicy, mode: "Off" as const } };
  expect(decideAction({ ...request, plan: there }, seen(parts))).toEqual({
    verdict: "act",
    reason: "AlreadyThere",
    effects: [
      { do: "mark", workload: { kind: "Deployment", namespace: "shop", name: "web" }, uid: "uid-web", id: "5c1d-1" },
    ],
  });
});

test("what takes back is exempt from budget and cooldown, by its own token", () => {
  const id = `${incidentUid}-1-undo`;
  const incident = anIncident(aRemediation({ id, requestedAt: secondsAgo(1) }));
  const tokens = [aToken(), aToken({ id, undo: true }), aToken({ id: "77-1" }), aToken({ id: "77-2" })];
  const note = { ...request.note, remediation: id };
  const policy = { ...defaultPolicy, budget: { actions: 0, windowSeconds: 3600 } };
  const parts = { incident, policy, ledger: ledger(...tokens) };
  expect(decideAction({ ...request, note }, seen(parts)).verdict).toBe("act");
  const forged = ledger(aToken({ id }), ...tokens.slice(2));
  expect(decideAction({ ...request, note }, seen({ ...parts, ledger: forged })).reason).toBe("Cooldown");
});

test.each<[sentence: string, decision: ActionDecision, event: object | undefined]>([
  ["acting is applied", decideAction(request, seen()), { name: "remedy.applied", id: "5c1d-1-applied" }],
  [
    "being done is applied, with the same id",
    decideAction(request, seen(deployment(mark))),
    { name: "remedy.applied", id: "5c1d-1-applied" },
  ],
  [
    "holding is failed",
    hold("Paused", "by ann"),
    { name: "remedy.failed", id: "5c1d-1-failed-Paused", reason: "Paused", message: "by ann" },
  ],
  ["a forged event is told to nobody", hold("NotReserved", ""), undefined],
  ["a late one neither", hold("AlreadyFinished", ""), undefined],
])("told: %s", (_sentence, decision, event) => {
  const { name, id, ...why } = { name: "", id: "", ...event };
  expect(reportOf("restart", request.note, anIncident(), decision)).toEqual(
    event && {
      name,
      id,
      subject: "shop/Deployment/web",
      extensions: { remedy: "restart" },
      data: { ...request.note, ...why },
    },
  );
});

/** The calm value mostly, so that enough of the cases act. */
const mostly = <T>(calm: T, other: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(calm) }, { weight: 1, arbitrary: other });

const anything: fc.Arbitrary<Seen> = fc
  .record({
    mode: mostly("Auto", fc.constantFrom(...modes)),
    paused: mostly(false, fc.constant(true)),
    resolved: mostly(false, fc.constant(true)),
    others: mostly(0, fc.nat(4)),
    ago: fc.nat(4000),
    actions: mostly(3, fc.nat(4)),
    generation: mostly(7, fc.nat(9)),
    uid: mostly("uid-web", fc.constant("other")),
    token: mostly(true, fc.constant(false)),
    state: mostly("Requested", fc.constantFrom("Applied" as const, "Finished" as const)),
    marked: mostly(false, fc.constant(true)),
  })
  .map((draw) => {
    const others = Array.from({ length: draw.others }, (_, i) => aToken({ id: `7-${i}`, at: secondsAgo(draw.ago) }));
    return seen({
      incident: anIncident(aRemediation({ state: draw.state }), {
        alerts: [anAlert(draw.resolved ? { endsAt: secondsAgo(1) } : {})],
      }),
      ledger: {
        ...ledger(...(draw.token ? [aToken()] : []), ...others),
        spec: { pauses: draw.paused ? [{ scope: "Cluster", reason: "r", by: "b" }] : [] },
      },
      policy: { ...defaultPolicy, mode: draw.mode, budget: { actions: draw.actions, windowSeconds: 3600 } },
      ...deployment({ generation: draw.generation, uid: draw.uid, ...(draw.marked ? mark : {}) }),
    });
  });

const writes = (decision: ActionDecision) => (decision.verdict === "act" ? decision.effects : []);

test("it writes only what is requested, reserved, unchanged, and neither paused, resolved, over budget nor out of mode", () => {
  fc.assert(
    fc.property(anything, (one) => {
      fc.pre(writes(decideAction(request, one)).length > 0);
      expect(one.policy.mode).toBe("Auto");
      expect(one.ledger?.spec?.pauses).toEqual([]);
      expect(one.incident?.status?.remediations[0]?.state).toBe("Requested");
      expect(one.incident?.status?.alerts.some(({ endsAt }) => endsAt === undefined)).toBe(true);
      expect(one.ledger?.status?.tokens?.map(({ id }) => id)).toContain(`${incidentUid}-1`);
      expect(one.objects?.object.metadata).toMatchObject({ uid: "uid-web", generation: 7 });
    }),
  );
});

test("applying twice is applying once: after the write nothing more is written", () => {
  fc.assert(
    fc.property(anything, anything, (before, after) => {
      const once = decideAction(request, before);
      fc.pre(once.verdict === "act" && once.effects.length > 0);
      const written = { ...after, ...deployment({ ...mark, generation: 8 }) };
      expect(writes(decideAction(request, written))).toEqual([]);
    }),
  );
});

test("deciding changes nothing, and decides the same again", () => {
  fc.assert(
    fc.property(anything, (one) => {
      const copy = structuredClone(one);
      const first = decideAction(request, one);
      expect(one).toEqual(copy);
      expect(decideAction(request, copy)).toEqual(first);
    }),
  );
});

function renamed(metadata: object) {
  const incident = anIncident();
  return { ...incident, metadata: { ...incident.metadata, ...metadata } };
}

function statusless() {
  const { status: _, ...incident } = anIncident();
  return incident;
}
