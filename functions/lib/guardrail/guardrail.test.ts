import fc from "fast-check";
import { expect, test } from "vitest";
import { defaultPolicy, type EffectivePolicy, modes } from "../policy/index.ts";
import { anAlert, anAutoscaler, aPod, aToken, aWorkload, now, secondsAgo, theObjects } from "../testing/index.ts";
import { type Keeper, type Pod, readWorkload } from "../workload/index.ts";
import { type Circumstances, guardrails, heldBack } from "./index.ts";
import type { GuardrailReason } from "./reasons.ts";

/** A restart of shop/web in mode Auto, with its own token: nothing speaks against it. */
function circumstances(parts: Partial<Circumstances> = {}): Circumstances {
  return {
    proposal: { id: "5c1d-1", remedy: "restart", change: { what: "restartRollout" }, undo: false },
    workload: aWorkload(),
    policy: defaultPolicy,
    alerts: [anAlert()],
    tokens: [aToken()],
    pauses: [],
    protectedNamespaces: ["kube-system"],
    confirmAlerts: true,
    now,
    ...parts,
  };
}

const policy = (parts: Partial<EffectivePolicy>) => ({ policy: { ...defaultPolicy, ...parts } });
const scaleTo = (replicas: number, undo = false) => ({
  proposal: {
    id: undo ? "5c1d-1-undo" : "5c1d-1",
    remedy: "scale" as const,
    change: { what: "setReplicas" as const, replicas, fromReplicas: 3 },
    undo,
  },
});
const evict = (...letters: string[]) => ({
  proposal: {
    id: "5c1d-1",
    remedy: "restart" as const,
    change: {
      what: "restartPods" as const,
      pods: letters.map((letter) => ({ name: `web-2-${letter}`, uid: `uid-${letter}` })),
    },
    undo: false,
  },
});
const undo = {
  proposal: {
    id: "5c1d-1-undo",
    remedy: "rollback" as const,
    change: { what: "rollBack" as const, toRevision: "web-2", toUid: "u2", fromRevision: "web-1", fromUid: "u1" },
    undo: true,
  },
};
/** People replace its pods by hand, and have not replaced these yet. */
const byHand = (...old: string[]) =>
  aWorkload({
    strategy: "OnDelete",
    pods: aWorkload().pods.map((pod) =>
      old.some((letter) => pod.name.endsWith(`-${letter}`)) ? { ...pod, revision: "web-1" } : pod,
    ),
  });
const rollback = { proposal: { ...undo.proposal, id: "5c1d-1", undo: false } };
const raise = {
  proposal: {
    id: "5c1d-1",
    remedy: "scale" as const,
    change: { what: "setMaxReplicas" as const, hpa: "web", hpaUid: "uid-hpa", maxReplicas: 6, fromMaxReplicas: 3 },
    undo: false,
  },
};
const other = (id: string, at: string, parts = {}) => aToken({ id: `other-${id}`, at, ...parts });
const pause = (scope: "Cluster" | "Namespace" | "Workload", target?: string, until?: string) => ({
  pauses: [{ scope, reason: "release", by: "ann", ...(target ? { target } : {}), ...(until ? { until } : {}) }],
});
const pods = (...ready: boolean[]) =>
  readWorkload(theObjects({ pods: ready.map((is, i) => aPod("abcdef"[i] ?? "", is)) }));
/** Two pods, one at a time, of which the healthy one is of this revision; back to web-1. */
const goingBack = (revision: string) => {
  const [healthy, broken] = pods(true, false).pods as [Pod, Pod]; // reason: of two
  const change = { what: "rollBack" as const, toRevision: "web-1", toUid: "u1", fromRevision: "web-2", fromUid: "u2" };
  return {
    workload: aWorkload({ replicas: 2, maxUnavailable: 1, pods: [{ ...healthy, revision }, broken] }),
    proposal: { id: "5c1d-1", remedy: "rollback" as const, change, undo: false },
  };
};

test.each<[sentence: string, parts: Partial<Circumstances>, reason: GuardrailReason | undefined]>([
  ["a calm case passes", {}, undefined],
  ["mode Approve: a person decides", policy({ mode: "Approve" }), "ApprovalNeeded"],
  ["mode Observe: only told", policy({ mode: "Observe" }), "ModeObserve"],
  ["mode Off", policy({ mode: "Off" }), "ModeOff"],
  ["the remedy is not allowed", policy({ remedies: ["scale", "rollback"] }), "RemedyNotAllowed"],
  ["it alone is allowed", policy({ remedies: ["restart"] }), undefined],

  ["the whole cluster is paused", pause("Cluster"), "Paused"],
  ["its namespace is paused", pause("Namespace", "shop"), "Paused"],
  ["another namespace is paused", pause("Namespace", "shop2"), undefined],
  ["it is paused", pause("Workload", "shop/Deployment/web"), "Paused"],
  ["another workload is paused", pause("Workload", "shop/StatefulSet/web"), undefined],
  ["a pause of a namespace that names none", pause("Namespace"), undefined],
  ["a pause ends in a second", pause("Cluster", undefined, secondsAgo(-1)), "Paused"],
  ["a pause ends now", pause("Cluster", undefined, secondsAgo(0)), undefined],
  ["nobody can read when a pause ends", pause("Cluster", undefined, "soon"), "Paused"],

  ["its namespace is protected", { protectedNamespaces: ["shop"] }, "ProtectedNamespace"],
  ["a namespace of a longer name is protected", { protectedNamespaces: ["shop-2"] }, undefined],

  ["the last remediation was 299 s ago", { tokens: [aToken(), other("1", secondsAgo(299))] }, "Cooldown"],
  ["the last remediation was 300 s ago", { tokens: [aToken(), other("1", secondsAgo(300))] }, undefined],
  [
    "another workload's was just now",
    { tokens: [other("1", secondsAgo(1), { workload: "shop/Deployment/web2" })] },
    undefined,
  ],
  ["something was just taken back", { tokens: [other("1", secondsAgo(1), { undo: true })] }, undefined],
  ["a clock is ahead of ours", { tokens: [other("1", secondsAgo(-60))] }, "Cooldown"],
  ["nobody can read when the last one was", { tokens: [other("1", "once")] }, "Cooldown"],

  [
    "3 of 3 within the hour are spent",
    { tokens: [600, 1200, 3599].map((ago) => other(String(ago), secondsAgo(ago))) },
    "BudgetExhausted",
  ],
  [
    "2 within the hour, 1 just before it",
    { tokens: [600, 1200, 3600].map((ago) => other(String(ago), secondsAgo(ago))) },
    undefined,
  ],
  ["no budget at all", policy({ budget: { actions: 0, windowSeconds: 3600 } }), "BudgetExhausted"],
  [
    "taking back counts towards no limit",
    { ...undo, ...policy({ budget: { actions: 0, windowSeconds: 3600 } }), tokens: [other("1", secondsAgo(1))] },
    undefined,
  ],

  ["9 other workloads were remediated within the window", storm(9, 299), undefined],
  ["10 other workloads were", storm(10, 299), "StormBrake"],
  ["10 other workloads were, before that", storm(10, 300), undefined],
  [
    "the policy allows one",
    { ...storm(1, 10), ...policy({ storm: { workloads: 1, windowSeconds: 300 } }) },
    "StormBrake",
  ],
  [
    "one other workload was, many times",
    { tokens: storm(20, 10).tokens.map((one) => ({ ...one, workload: "a" })) },
    undefined,
  ],
  [
    "something was taken back on 10 others",
    { tokens: storm(10, 10).tokens.map((one) => ({ ...one, undo: true })) },
    undefined,
  ],
  ["taking back in a storm", { ...undo, ...storm(10, 10) }, undefined],

  ["the one healthy pod of three hangs not", { workload: pods(true, false, false), ...evict("a") }, "MinHealthy"],
  ["the two that hang", { workload: pods(true, false, false), ...evict("b", "c") }, undefined],
  ["two of three healthy pods", evict("a", "b"), undefined],
  ["all three healthy pods", evict("a", "b", "c"), "MinHealthy"],
  ["two must stay healthy, one goes", { ...evict("a"), ...policy({ minHealthy: 2 }) }, undefined],
  ["two must stay healthy, two go", { ...evict("a", "b"), ...policy({ minHealthy: 2 }) }, "MinHealthy"],
  ["no pod must stay healthy, all go", { ...evict("a", "b", "c"), ...policy({ minHealthy: 0 }) }, "MinHealthy"],
  ["no pod is healthy", { workload: pods(false, false, false), ...evict("a", "b", "c") }, undefined],
  ["Recreate takes all pods at once", { workload: aWorkload({ strategy: "Recreate" }) }, "MinHealthy"],
  ["Recreate, and none is healthy", { workload: { ...pods(false, false, false), strategy: "Recreate" } }, undefined],
  ["rolling takes 2 of 3 at a time", { workload: aWorkload({ maxUnavailable: 2 }) }, undefined],
  ["rolling takes 3 of 3 at a time", { workload: aWorkload({ maxUnavailable: 3 }) }, "MinHealthy"],
  ["rolled back: the one healthy pod is of the revision it goes back to, and stays", goingBack("web-1"), undefined],
  ["rolled back: the one healthy pod is of the revision that goes", goingBack("web-2"), "MinHealthy"],
  ["back to 1 replica", scaleTo(1, true), undefined],
  ["back to none", scaleTo(0, true), "MinHealthy"],
  [
    "back to 3 of 6 replicas, where those that were added took the old ones down",
    overloaded("Deployment", 3),
    undefined,
  ],
  ["back to none of them", overloaded("Deployment", 0), "MinHealthy"],
  ["back to 3 of a StatefulSet's 6, which takes the last ones", overloaded("StatefulSet", 3), "MinHealthy"],

  ["10 replicas are the policy's most", scaleTo(10), undefined],
  ["11 replicas are more", scaleTo(11), "MaxReplicas"],
  ["an autoscaler owns the replicas", { ...scaleTo(4), workload: scaled() }, "OwnedByAutoscaler"],
  ["an autoscaler does not mind a restart", { workload: scaled() }, undefined],
  ["an operator owns the workload", { workload: kept("Operator", "Kafka events") }, "OwnedByAnother"],
  ["an operator owns the replicas", { ...scaleTo(4), workload: kept("Operator", "Kafka events") }, "OwnedByAnother"],
  ["an operator does not mind an eviction", { ...evict("a"), workload: kept("Operator", "Kafka events") }, undefined],
  ["Argo CD owns the template", { ...rollback, workload: kept("GitOps", "Argo CD") }, "OwnedByAnother"],
  ["Argo CD does not mind a restart", { workload: kept("GitOps", "Argo CD") }, undefined],
  ["nobody owns the template", rollback, undefined],
  ["KEDA owns the autoscaler", { ...raise, workload: scaled(ownedBy("ScaledObject")) }, "OwnedByAnother"],
  ["nobody owns the autoscaler", { ...raise, workload: scaled() }, undefined],
  [
    "an autoscaler's maximum beyond the policy's",
    {
      workload: scaled(),
      proposal: {
        id: "5c1d-1",
        remedy: "scale",
        change: { what: "setMaxReplicas", hpa: "web", hpaUid: "uid-hpa", maxReplicas: 11, fromMaxReplicas: 3 },
        undo: false,
      },
    },
    "MaxReplicas",
  ],

  ["a rollout is going on", { workload: aWorkload({ rollout: "Progressing" }) }, "RolloutInProgress"],
  ["a rollout is stuck", { workload: aWorkload({ rollout: "Stuck" }) }, undefined],
  [
    "a rollout is stuck, and more replicas would be taken for its failure",
    { ...scaleTo(5), workload: aWorkload({ rollout: "Stuck" }) },
    "RolloutInProgress",
  ],
  [
    "taking replicas back while a rollout is stuck",
    { ...scaleTo(2, true), workload: aWorkload({ rollout: "Stuck" }) },
    undefined,
  ],
  ["taking back what is being rolled out", { ...undo, workload: aWorkload({ rollout: "Progressing" }) }, undefined],
  ["somebody paused the Deployment", { workload: aWorkload({ paused: true }) }, "RolloutPaused"],
  ["pods are replaced by hand", { workload: aWorkload({ strategy: "OnDelete" }) }, "OnDeleteStrategy"],
  [
    "pods are replaced by hand, but one is evicted",
    { workload: aWorkload({ strategy: "OnDelete" }), ...evict("a") },
    undefined,
  ],
  [
    "an evicted pod would bring a template that waits for people",
    { workload: byHand("a"), ...evict("a") },
    "OnDeleteStrategy",
  ],
  ["another one waits for people, but the evicted pod has it", { workload: byHand("b"), ...evict("a") }, undefined],
  [
    "one pod more would bring a template that waits for people",
    { workload: byHand("b"), ...scaleTo(5) },
    "OnDeleteStrategy",
  ],
  ["pods are replaced by hand, and all were", { workload: byHand(), ...scaleTo(5) }, undefined],

  ["all alerts are resolved", { alerts: [anAlert({ endsAt: secondsAgo(1) })] }, "NoAlertFiring"],
  ["there is no alert", { alerts: [] }, "NoAlertFiring"],
  ["taking back needs no alert", { ...undo, alerts: [] }, undefined],
  ["one of two is resolved", { alerts: [anAlert({ endsAt: secondsAgo(1) }), anAlert()] }, undefined],
  ["its alert is silenced", { alerts: [anAlert({ seen: "suppressed" })] }, "AlertSilenced"],
  ["one is silenced, one is not", { alerts: [anAlert({ seen: "suppressed" }), anAlert()] }, undefined],
  ["Alertmanager does not know its alert", { alerts: [unseen()] }, "AlertNotConfirmed"],
  ["nobody asks Alertmanager", { alerts: [unseen()], confirmAlerts: false }, undefined],
  ["the last word is 900 s old", { alerts: [anAlert({ receivedAt: secondsAgo(900) })] }, undefined],
  ["the last word is 901 s old", { alerts: [anAlert({ receivedAt: secondsAgo(901) })] }, "AlertStale"],
  ["nobody can read when the last word was", { alerts: [anAlert({ receivedAt: "?" })] }, "AlertStale"],
])("%s", (_sentence, parts, reason) => {
  expect(heldBack(circumstances(parts))?.reason).toBe(reason);
});

/** So many other workloads were remediated so long ago. */
function storm(workloads: number, ago: number) {
  const at = secondsAgo(ago);
  return {
    tokens: Array.from({ length: workloads }, (_, i) => other(String(i), at, { workload: `shop/Deployment/w${i}` })),
  };
}

/** 2 of its 6 replicas are healthy, and it goes back to fewer. */
function overloaded(kind: "Deployment" | "StatefulSet", to: number): Partial<Circumstances> {
  return { ...scaleTo(to, true), workload: { ...pods(true, true, false, false, false, false), kind, replicas: 6 } };
}

function scaled(metadata = {}) {
  return readWorkload(theObjects({ autoscalers: [anAutoscaler({ metadata })] }));
}

function ownedBy(kind: string) {
  return {
    ownerReferences: [{ apiVersion: "keda.sh/v1alpha1", kind, name: "web", uid: "uid-owner", controller: true }],
  };
}

function kept(kind: Keeper["kind"], name: string) {
  return aWorkload({ keeper: { kind, name } });
}

function unseen() {
  const { seen: _, ...alert } = anAlert();
  return alert;
}

const aCase: fc.Arbitrary<Circumstances> = fc
  .record({
    mode: fc.constantFrom(...modes),
    ready: fc.array(fc.boolean(), { minLength: 0, maxLength: 5 }),
    minHealthy: fc.nat(4),
    actions: fc.nat(4),
    proposal: fc.oneof(
      fc.constant(circumstances().proposal),
      fc.constant(undo.proposal),
      fc.nat(12).map((to) => scaleTo(to).proposal),
      fc.subarray(["a", "b", "c", "d"], { minLength: 1 }).map((letters) => evict(...letters).proposal),
    ),
    ages: fc.array(fc.nat(5000), { maxLength: 4 }),
    alertAge: fc.nat(1800),
    resolved: fc.boolean(),
    paused: fc.boolean(),
    rollout: fc.constantFrom("Complete" as const, "Progressing" as const, "Stuck" as const),
  })
  .map((draw) =>
    circumstances({
      ...policy({
        mode: draw.mode,
        minHealthy: draw.minHealthy,
        budget: { actions: draw.actions, windowSeconds: 3600 },
      }),
      proposal: draw.proposal,
      workload: { ...pods(...draw.ready), rollout: draw.rollout },
      tokens: draw.ages.map((age, i) => other(String(i), secondsAgo(age))),
      alerts: [anAlert({ receivedAt: secondsAgo(draw.alertAge), ...(draw.resolved ? { endsAt: secondsAgo(1) } : {}) })],
      ...(draw.paused ? pause("Cluster") : {}),
    }),
  );

const passes = (one: Circumstances) => heldBack(one) === undefined;

test("what is paused, not in mode Auto, resolved or over budget never passes", () => {
  fc.assert(
    fc.property(aCase, (one) => {
      if (one.pauses.length > 0 || one.policy.mode !== "Auto") expect(passes(one)).toBe(false);
      if (one.proposal.undo) return;
      if (one.alerts.every(({ endsAt }) => endsAt)) expect(passes(one)).toBe(false);
      const spent = one.tokens.filter(({ at }) => now.getTime() - Date.parse(at) < 3_600_000).length;
      if (spent >= one.policy.budget.actions) expect(passes(one)).toBe(false);
    }),
  );
});

test("evictions pass exactly when they take no healthy pod, or leave enough and never none", () => {
  const letters = fc.subarray(["a", "b", "c", "d"], { minLength: 1 });
  const ready = fc.array(fc.boolean(), { maxLength: 5 });
  fc.assert(
    fc.property(ready, letters, fc.nat(4), (areReady, evicted, minHealthy) => {
      const one = circumstances({ workload: pods(...areReady), ...evict(...evicted), ...policy({ minHealthy }) });
      const healthy = ["a", "b", "c", "d", "e"].filter((_, i) => areReady[i]);
      const left = healthy.filter((letter) => !evicted.includes(letter)).length;
      expect(passes(one)).toBe(left === healthy.length || left >= Math.max(1, minHealthy));
    }),
  );
});

test("every guardrail only holds: what passes all passes each, and what one holds is held", () => {
  fc.assert(
    fc.property(aCase, (one) => {
      const held = guardrails.map((guardrail) => guardrail(one)).filter((hold) => hold !== undefined);
      expect(heldBack(one)).toEqual(held[0]);
    }),
  );
});

test("taking back is exempt from cooldown, budget and alerts, but not from pauses and mode", () => {
  fc.assert(
    fc.property(aCase, (one) => {
      const back = { ...one, ...undo };
      if (one.pauses.length > 0 || one.policy.mode !== "Auto") expect(passes(back)).toBe(false);
      const reason = heldBack(back)?.reason ?? "";
      expect(["Cooldown", "BudgetExhausted", "NoAlertFiring", "AlertStale"]).not.toContain(reason);
    }),
  );
});
