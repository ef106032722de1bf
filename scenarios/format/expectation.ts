import { causes } from "@autoheal/lib/cause";
import { remedies } from "@autoheal/lib/remedy";
import * as z from "zod/mini";
import { duration } from "./duration.ts";

const name = z.string().check(z.minLength(1, "expected a name"));

const view = {
  cause: z.optional(z.enum(causes)),
  /** Remedies that are carried out, in this order; left out: none. */
  actions: z.optional(z.array(z.enum(remedies))),
  /** The reason why it holds in the end. */
  hold: z.optional(name),
};

/** What AutoHeal has to do; whatever it does to the namespace's workloads beyond that is wrong. */
export const expectation = z.strictObject({
  /** The workload that it is about, a Deployment's name; or the subject of an alert that leads to none, such as `Service/user`. */
  of: name,
  ...view,
  /** No incident at all; or none with this alert, where what the machine is short of may raise others. */
  nothing: z.optional(z.union([z.literal(true), name])),
  /** The incident has to be closed in the end, also where it holds. */
  closed: z.optional(z.literal(true)),
  /** Messages that have to be sent. */
  told: z.optional(
    z.array(
      z.strictObject({
        event: z.enum(["opened", "diagnosed", "held", "proposed", "escalated", "recovered", "closed"]),
        channel: z.enum(["slack", "email", "event"]),
      }),
    ),
  ),
  /** What has to be seen of further workloads, by name. */
  others: z.optional(z.record(z.string(), z.strictObject(view))),
  /** From the last step until all this is so, at most. */
  within: duration,
  /** How long it has to stay so; 3m. */
  stable: z.optional(duration),
});

export type Expectation = z.infer<typeof expectation>;
