import { causes } from "@autoheal/lib/cause";
import { outcomes } from "@autoheal/lib/outcome";
import * as z from "zod/mini";
import { duration } from "./duration.ts";
import { exactlyOne } from "./exactly-one.ts";

const name = z.string().check(z.minLength(1, "expected a name"));
const phases = ["Open", "Remediating", "Proving", "Held", "Escalated", "Closed"] as const;

/** Something to wait for: one condition, and how long at most. */
export const condition = z
  .strictObject({
    /** Every replica of these Deployments is available and of the newest revision. */
    available: z.optional(z.array(name)),
    /** Requests came and none failed for so long without a break: the healthy past that a fault is compared with. */
    steady: z.optional(duration),
    /** The latest incident of a workload shows all of this. */
    incident: z.optional(
      z.strictObject({
        of: name,
        phase: z.optional(z.enum(phases)),
        cause: z.optional(z.enum(causes)),
        hold: z.optional(name),
        outcome: z.optional(z.enum(outcomes)),
      }),
    ),
    /** Alertmanager holds this alert of the namespace, in this state. */
    alert: z.optional(z.strictObject({ name, state: z.enum(["active", "suppressed"]) })),
    /** An object's field, named as `spec.maxReplicas`, has this value. */
    object: z.optional(
      z.strictObject({
        kind: name,
        apiVersion: z.optional(name),
        name,
        at: name,
        is: z.union([z.string(), z.number(), z.boolean()]),
      }),
    ),
    /** How long to wait at most; 20m. */
    within: z.optional(duration),
  })
  .check(exactlyOne(["within"]));

export type Condition = z.infer<typeof condition>;
