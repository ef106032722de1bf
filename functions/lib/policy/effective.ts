import type { Remedy } from "../remedy/index.ts";
import { remedies } from "../remedy/index.ts";
import type { HealingPolicy, HealingPolicySpec, Mode } from "./schema.ts";
import { modes } from "./schema.ts";

/** What may be done to one workload, after all that applies to it was put together. */
export interface EffectivePolicy {
  mode: Mode;
  remedies: readonly Remedy[];
  cooldownSeconds: number;
  budget: { actions: number; windowSeconds: number };
  storm: { workloads: number; windowSeconds: number };
  minHealthy: number;
  maxReplicas: number;
  stableForSeconds: number;
  proofDeadlineSeconds: number;
  staleAfterSeconds: number;
}

/** What holds where nobody said anything: the numbers that design and README name. */
export const defaultPolicy: EffectivePolicy = {
  mode: "Auto",
  remedies,
  cooldownSeconds: 300,
  budget: { actions: 3, windowSeconds: 3600 },
  storm: { workloads: 10, windowSeconds: 300 },
  minHealthy: 1,
  maxReplicas: 10,
  stableForSeconds: 60,
  proofDeadlineSeconds: 600,
  staleAfterSeconds: 900,
};

/** What the policy is asked about. */
export interface PolicySubject {
  namespaceLabels: Readonly<Record<string, string>>;
  workloadLabels: Readonly<Record<string, string>>;
  /** The labels of each alert of the incident. */
  alerts: readonly Readonly<Record<string, string>>[];
}

/** The label by which a namespace opts in. */
export const modeLabel = "autoheal.dev/mode";

/**
 * Puts the cluster's default, the namespace's label and the matching policies together: field by field, the most
 * restrictive wins. A namespace without the label is `Observe`; with a value that is no mode it is `Off`.
 */
export function effectivePolicy(
  clusterDefault: HealingPolicySpec | undefined,
  policies: readonly HealingPolicy[],
  subject: PolicySubject,
): EffectivePolicy {
  const matching = policies.filter(({ spec }) => selects(spec, subject)).map(({ spec }) => spec);
  return [clusterDefault ?? {}, { mode: namespaceMode(subject.namespaceLabels) }, ...matching].reduce(restrict, {
    ...defaultPolicy,
    ...numbersOf(clusterDefault),
  });
}

/** The cluster's default may be looser than ours: it replaces our numbers before the rest restricts them. */
function numbersOf(spec: HealingPolicySpec | undefined): Partial<EffectivePolicy> {
  return Object.fromEntries(Object.entries(spec?.limits ?? {}).filter(([, value]) => value !== undefined));
}

function selects({ selector, alerts }: HealingPolicySpec, subject: PolicySubject): boolean {
  const bySelector = !selector || matches(selector.matchLabels, subject.workloadLabels);
  return bySelector && (!alerts || subject.alerts.some((labels) => matches(alerts.matchLabels, labels)));
}

/** An empty selector matches nothing: "everything" is said by leaving the selector out. */
function matches(wanted: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  const entries = Object.entries(wanted);
  return entries.length > 0 && entries.every(([key, value]) => labels[key] === value);
}

function namespaceMode(labels: Readonly<Record<string, string>>): Mode {
  const value = labels[modeLabel];
  if (value === undefined) return "Observe";
  return modes.find((mode) => mode === value) ?? "Off";
}

function restrict(policy: EffectivePolicy, { mode, remedies, limits = {} }: HealingPolicySpec): EffectivePolicy {
  const most = (mine: number, theirs: number | undefined) => Math.max(mine, theirs ?? mine);
  const least = (mine: number, theirs: number | undefined) => Math.min(mine, theirs ?? mine);
  return {
    mode: mode && modes.indexOf(mode) < modes.indexOf(policy.mode) ? mode : policy.mode,
    remedies: remedies ? policy.remedies.filter((remedy) => remedies.includes(remedy)) : policy.remedies,
    cooldownSeconds: most(policy.cooldownSeconds, limits.cooldownSeconds),
    budget: {
      actions: least(policy.budget.actions, limits.budget?.actions),
      windowSeconds: most(policy.budget.windowSeconds, limits.budget?.windowSeconds),
    },
    storm: {
      workloads: least(policy.storm.workloads, limits.storm?.workloads),
      windowSeconds: most(policy.storm.windowSeconds, limits.storm?.windowSeconds),
    },
    minHealthy: most(policy.minHealthy, limits.minHealthy),
    maxReplicas: least(policy.maxReplicas, limits.maxReplicas),
    stableForSeconds: most(policy.stableForSeconds, limits.stableForSeconds),
    proofDeadlineSeconds: least(policy.proofDeadlineSeconds, limits.proofDeadlineSeconds),
    staleAfterSeconds: least(policy.staleAfterSeconds, limits.staleAfterSeconds),
  };
}
