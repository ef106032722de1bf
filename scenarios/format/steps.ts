import { healingPolicySpec, modes } from "@autoheal/lib/policy";
import * as z from "zod/mini";
import { condition } from "./condition.ts";
import { exactlyOne } from "./exactly-one.ts";

const name = z.string().check(z.minLength(1, "expected a name"));

/** A Kubernetes object as it stands in a manifest. */
export const manifest = z.looseObject({
  apiVersion: name,
  kind: name,
  metadata: z.looseObject({ name }),
});

/** What a sample app's switch knows. */
const faults = ["leak", "cpu", "block", "errors", "slow", "exit", "unready", "stale"] as const;

/** A namespace's label; `none` leaves it unlabelled. */
export const mode = z.enum([...modes, "none"]);

/** One thing that is done to what runs; each step has exactly one of these. */
export const step = z
  .strictObject({
    /** Begins a fault by the app's own switch, in one of its pods or in all. */
    fault: z.optional(
      z.strictObject({
        app: name,
        fault: z.enum(faults),
        pods: z.optional(z.enum(["one", "all"])),
        with: z.optional(z.record(z.string(), z.number())),
      }),
    ),
    /** Ends all faults of an app's pods. */
    mend: z.optional(z.strictObject({ app: name })),
    /** Changes how many requests per second the synthetic traffic sends. */
    traffic: z.optional(z.strictObject({ rps: z.number() })),
    /** Applies a manifest: creates it, or merges it into what is there. */
    apply: z.optional(manifest),
    /** Patches an object (strategic merge); `only: sandbox` for what a real cluster does by itself. */
    patch: z.optional(
      z.strictObject({
        kind: name,
        apiVersion: z.optional(name),
        name,
        body: z.record(z.string(), z.unknown()),
        subresource: z.optional(z.enum(["status"])),
        only: z.optional(z.enum(["sandbox"])),
      }),
    ),
    /** Deletes an object by name, or one pod of an app. */
    delete: z.optional(
      z.strictObject({ kind: name, apiVersion: z.optional(name), name: z.optional(name), app: z.optional(name) }),
    ),
    /** Sets the namespace's mode. */
    mode: z.optional(mode),
    /** Sets the namespace's HealingPolicy; its seconds are production's. */
    policy: z.optional(healingPolicySpec),
    /** Pauses healing in the HealingLedger: of the whole namespace, or of one app. */
    pause: z.optional(z.strictObject({ app: z.optional(name) })),
    /** Takes the namespace's pauses away again. */
    resume: z.optional(z.strictObject({})),
    /** Silences the namespace's alerts in Alertmanager, all or those with these labels. */
    silence: z.optional(z.record(z.string(), z.string())),
    /** Goes on when it holds; the run fails when it does not within its time. */
    wait: z.optional(condition),
  })
  .check(exactlyOne());

export type Manifest = z.infer<typeof manifest>;
export type Step = z.infer<typeof step>;
