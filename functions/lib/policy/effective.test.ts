import fc from "fast-check";
import { expect, test } from "vitest";
import { remedies } from "../remedy/index.ts";
import { defaultPolicy, type EffectivePolicy, effectivePolicy, type HealingPolicySpec, modes } from "./index.ts";

const auto = { "autoheal.dev/mode": "Auto" };
const web = { app: "web" };

function policyOf(
  specs: HealingPolicySpec[],
  {
    cluster,
    labels = auto,
    alerts = [],
  }: { cluster?: HealingPolicySpec; labels?: Record<string, string>; alerts?: Record<string, string>[] } = {},
): EffectivePolicy {
  const policies = specs.map((spec, i) => ({
    metadata: { name: `p${i}`, namespace: "shop", uid: `u${i}`, resourceVersion: "1", creationTimestamp: "" },
    spec,
  }));
  return effectivePolicy(cluster, policies, { namespaceLabels: labels, workloadLabels: web, alerts });
}

test("a namespace that opted in has the defaults", () => {
  expect(policyOf([])).toEqual(defaultPolicy);
});

test.each([
  ["no label", {}, "Observe"],
  ["Observe", { "autoheal.dev/mode": "Observe" }, "Observe"],
  ["Approve", { "autoheal.dev/mode": "Approve" }, "Approve"],
  ["Auto", auto, "Auto"],
  ["Off", { "autoheal.dev/mode": "Off" }, "Off"],
  ["a word in the wrong case", { "autoheal.dev/mode": "auto" }, "Off"],
  ["a word that is none", { "autoheal.dev/mode": "on" }, "Off"],
])("a namespace's label: %s", (_name, labels, mode) => {
  expect(policyOf([], { labels }).mode).toBe(mode);
});

test.each<[sentence: string, specs: HealingPolicySpec[], more: object, expected: Partial<EffectivePolicy>]>([
  [
    "the most restrictive mode wins",
    [{ mode: "Approve" }, { mode: "Observe" }, { mode: "Auto" }],
    {},
    { mode: "Observe" },
  ],
  ["no policy opens what the namespace closed", [{ mode: "Auto" }], { labels: {} }, { mode: "Observe" }],
  ["no policy opens what the cluster closed", [{ mode: "Auto" }], { cluster: { mode: "Off" } }, { mode: "Off" }],
  [
    "only remedies that all allow",
    [{ remedies: ["restart", "scale"] }, { remedies: ["scale", "rollback"] }],
    {},
    { remedies: ["scale"] },
  ],
  [
    "the cluster's default may be looser",
    [],
    { cluster: { limits: { maxReplicas: 50, cooldownSeconds: 0 } } },
    { maxReplicas: 50, cooldownSeconds: 0 },
  ],
  ["a namespace's may not", [{ limits: { maxReplicas: 50, cooldownSeconds: 0 } }], {}, {}],
  [
    "each field by itself",
    [{ limits: { maxReplicas: 5, cooldownSeconds: 10 } }, { limits: { maxReplicas: 8, cooldownSeconds: 600 } }],
    {},
    { maxReplicas: 5, cooldownSeconds: 600 },
  ],
  [
    "fewer actions within longer",
    [{ limits: { budget: { actions: 1, windowSeconds: 60 } } }],
    {},
    { budget: { actions: 1, windowSeconds: 3600 } },
  ],
  ["more must stay healthy", [{ limits: { minHealthy: 2 } }], {}, { minHealthy: 2 }],
  ["a selector that selects it", [{ selector: { matchLabels: web }, mode: "Off" }], {}, { mode: "Off" }],
  ["a selector that selects another", [{ selector: { matchLabels: { app: "api" } }, mode: "Off" }], {}, {}],
  ["a selector of which half fits", [{ selector: { matchLabels: { ...web, tier: "1" } }, mode: "Off" }], {}, {}],
  ["an empty selector is never everything", [{ selector: { matchLabels: {} }, mode: "Off" }], {}, {}],
  [
    "an alert that it is about",
    [{ alerts: { matchLabels: { severity: "info" } }, mode: "Off" }],
    { alerts: [{ severity: "info" }] },
    { mode: "Off" },
  ],
  [
    "no alert that it is about",
    [{ alerts: { matchLabels: { severity: "info" } }, mode: "Off" }],
    { alerts: [{ severity: "critical" }] },
    {},
  ],
  ["an empty alert matcher is never everything", [{ alerts: { matchLabels: {} }, mode: "Off" }], { alerts: [{}] }, {}],
])("%s", (_sentence, specs, more, expected) => {
  expect(policyOf(specs, more)).toEqual({ ...defaultPolicy, ...expected });
});

const spec = fc.record(
  {
    mode: fc.constantFrom(...modes),
    remedies: fc.subarray([...remedies]),
    limits: fc.record(
      {
        cooldownSeconds: fc.nat(1000),
        minHealthy: fc.nat(5),
        maxReplicas: fc.nat(20),
        storm: fc.record({ workloads: fc.nat(20), windowSeconds: fc.integer({ min: 1, max: 900 }) }),
        stableForSeconds: fc.nat(200),
        proofDeadlineSeconds: fc.nat(1000),
        staleAfterSeconds: fc.nat(1000),
        budget: fc.record({ actions: fc.nat(5), windowSeconds: fc.integer({ min: 1, max: 9000 }) }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

test("one more policy never allows more, and the order does not matter", () => {
  fc.assert(
    fc.property(fc.array(spec, { maxLength: 3 }), spec, (specs, more) => {
      const before = policyOf(specs);
      const after = policyOf([...specs, more]);
      expect(policyOf([more, ...specs])).toEqual(after);
      expect(modes.indexOf(after.mode)).toBeLessThanOrEqual(modes.indexOf(before.mode));
      expect(before.remedies).toEqual(expect.arrayContaining([...after.remedies]));
      for (const field of ["cooldownSeconds", "minHealthy", "stableForSeconds"] as const) {
        expect(after[field]).toBeGreaterThanOrEqual(before[field]);
      }
      for (const field of ["maxReplicas", "staleAfterSeconds", "proofDeadlineSeconds"] as const) {
        expect(after[field]).toBeLessThanOrEqual(before[field]);
      }
      expect(after.storm.workloads).toBeLessThanOrEqual(before.storm.workloads);
      expect(after.storm.windowSeconds).toBeGreaterThanOrEqual(before.storm.windowSeconds);
      expect(after.budget.actions).toBeLessThanOrEqual(before.budget.actions);
      expect(after.budget.windowSeconds).toBeGreaterThanOrEqual(before.budget.windowSeconds);
    }),
  );
});
