import * as z from "zod/mini";
import { remedies } from "../remedy/index.ts";

/** How far AutoHeal may go, the most restrictive first. */
export const modes = ["Off", "Observe", "Approve", "Auto"] as const;

const count = z.int().check(z.minimum(0), z.maximum(1000));
const seconds = z.int().check(z.minimum(0), z.maximum(604_800));

const limits = z.object({
  /** Shortest time between two remediations of one workload. */
  cooldownSeconds: z.optional(seconds),
  /** At most so many remediations of one workload within the window. */
  budget: z.optional(z.object({ actions: count, windowSeconds: seconds.check(z.minimum(1)) })),
  /** At most so many other workloads of the whole cluster are remediated within the window: more at once is a storm. */
  storm: z.optional(z.object({ workloads: count, windowSeconds: seconds.check(z.minimum(1)) })),
  /** So many pods must be healthy, and stay so, while a remediation takes pods away. */
  minHealthy: z.optional(count),
  /** No scaling beyond this. */
  maxReplicas: z.optional(count),
  /** So long a workload must stay healthy to count as recovered. */
  stableForSeconds: z.optional(seconds),
  /** So long a remediation may take from being applied to being proven. */
  proofDeadlineSeconds: z.optional(seconds),
  /** An alert whose last word is older than this calls for no action. */
  staleAfterSeconds: z.optional(seconds),
});

/** Schema of HealingPolicy.spec. Every field is optional: what is left out restricts nothing. */
export const healingPolicySpec = z.object({
  /** Which workloads of the namespace, by their labels; left out: all of them. An empty selector selects nothing. */
  selector: z.optional(z.object({ matchLabels: z.record(z.string(), z.string()) })),
  /** Which alerts it is about, by exact labels; left out: all of them. */
  alerts: z.optional(z.object({ matchLabels: z.record(z.string(), z.string()) })),
  mode: z.optional(z.enum(modes)),
  /** The remedies that may be used. */
  remedies: z.optional(z.array(z.enum(remedies))),
  limits: z.optional(limits),
});

/** How far AutoHeal may go. */
export type Mode = (typeof modes)[number];
export type HealingPolicySpec = z.infer<typeof healingPolicySpec>;

/** A HealingPolicy as the cluster holds it. */
export interface HealingPolicy {
  metadata: { name: string; namespace: string; resourceVersion: string; uid: string; creationTimestamp: string };
  spec: HealingPolicySpec;
}
