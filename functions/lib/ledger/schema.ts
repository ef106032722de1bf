import * as z from "zod/mini";
import { causes } from "../cause/index.ts";
import { remedies } from "../remedy/index.ts";

const instant = z.iso.datetime({ offset: true });
const short = z.string().check(z.maxLength(253));

const pause = z.object({
  /** What is paused: the whole cluster, a namespace, or one workload as `namespace/kind/name`. */
  scope: z.enum(["Cluster", "Namespace", "Workload"]),
  /** The namespace or the workload; left out for the cluster. */
  target: z.optional(short),
  reason: z.string().check(z.minLength(1), z.maxLength(1024)),
  by: short,
  /** When it ends by itself; left out: when somebody ends it. */
  until: z.optional(instant),
});

const token = z.object({
  /** The remediation's id: reserving twice is reserving once. */
  id: short,
  /** `namespace/kind/name`. */
  workload: short,
  remedy: z.enum(remedies),
  /** What it was done for: what comes back is not treated the same way again. */
  cause: z.optional(z.enum(causes)),
  at: instant,
  /** Reserved together with the original for taking it back: counts towards no limit. */
  undo: z.optional(z.boolean()),
});

/** Schema of HealingLedger.spec: written by people. */
export const healingLedgerSpec = z.object({ pauses: z.optional(z.array(pause).check(z.maxLength(1000))) });

/** Schema of HealingLedger.status: written by `diagnose` alone, by compare-and-swap. */
export const healingLedgerStatus = z.object({ tokens: z.optional(z.array(token).check(z.maxLength(10_000))) });

export type Pause = z.infer<typeof pause>;
export type Token = z.infer<typeof token>;

/** The HealingLedger `default`, as the cluster holds it. */
export interface HealingLedger {
  metadata: { name: string; uid: string; resourceVersion: string; creationTimestamp: string };
  spec?: z.infer<typeof healingLedgerSpec>;
  status?: z.infer<typeof healingLedgerStatus>;
}

/** The name of the one HealingLedger. */
export const ledgerName = "default";
