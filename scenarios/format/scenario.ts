import { healingPolicySpec } from "@autoheal/lib/policy";
import { remedies } from "@autoheal/lib/remedy";
import * as z from "zod/mini";
import { expectation } from "./expectation.ts";
import { manifest, mode, step } from "./steps.ts";

const name = z.string().check(z.minLength(1, "expected a name"));

const deployed = z.strictObject({
  /** A folder of sample-apps/. */
  app: z.optional(z.enum(["auth", "user", "api", "traffic"])),
  replicas: z.optional(z.int()),
  /** Values over those of the app's ConfigMap. */
  config: z.optional(z.record(z.string(), z.string())),
  /** Patches over the app's manifests, by kind: objects are merged, lists of named things by name, null removes. */
  patch: z.optional(z.record(z.string(), z.record(z.string(), z.unknown()))),
  /** Or any manifest. */
  manifest: z.optional(manifest),
});

/** One fault: what is deployed, what is broken and how, and what has to come of it. */
export const scenario = z.strictObject({
  /** One sentence for people. */
  about: name,
  /** `heavy` ones fill the CPU: they run with less beside them. `waiting` ones wait for minutes: they run with more. */
  load: z.optional(z.enum(["light", "heavy", "waiting"])),
  /** Where it can be run at all; left out: everywhere. */
  only: z.optional(z.enum(["sandbox"])),
  namespace: z.optional(z.strictObject({ name: z.optional(name), mode: z.optional(mode) })),
  /** The namespace's HealingPolicy; its seconds are production's. */
  policy: z.optional(healingPolicySpec),
  deploy: z.array(deployed).check(
    z.minLength(1, "expected at least one thing to deploy"),
    z.refine(
      (all: { app?: unknown; manifest?: unknown }[]) => all.every(({ app, manifest }) => !app !== !manifest),
      "expected either `app` or `manifest` in each",
    ),
  ),
  break: z.array(step),
  expect: expectation,
  /** Remedies that must not even be requested, of any workload. What was not expected must not be carried out anyway. */
  forbid: z.optional(z.array(z.enum(remedies))),
});

/** A scenario as it was read; its name is that of its file. */
export type Scenario = z.infer<typeof scenario> & { name: string };
export type Deployed = z.infer<typeof deployed>;
