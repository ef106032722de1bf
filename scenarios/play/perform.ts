import { ledgerName } from "@autoheal/lib/ledger";
import { modeLabel } from "@autoheal/lib/policy";
import { slowestScale } from "../../monitoring/scaling/index.ts";
import type { Step } from "../format/index.ts";
import { KubernetesError } from "../target/index.ts";
import { waitFor } from "./conditions.ts";
import type { Observer } from "./observer.ts";
import { setPolicy } from "./place.ts";
import { apply, podsOf, type Stage, write } from "./stage.ts";

type Performers = {
  [Kind in keyof Required<Step>]: (what: NonNullable<Step[Kind]>, stage: Stage, observer: Observer) => Promise<void>;
};

/** Steps that break something: the clock begins with the first of them. */
const breaking: ReadonlySet<string> = new Set(["fault", "traffic", "apply", "patch", "delete"]);

/** True when the step breaks something. */
export function breaks(step: Step): boolean {
  return Object.keys(step).some((key) => breaking.has(key));
}

/** Carries one step out. */
export async function perform(step: Step, stage: Stage, observer: Observer): Promise<void> {
  for (const [kind, what] of Object.entries(step)) {
    stage.say(`${kind} ${typeof what === "object" ? JSON.stringify(what).slice(0, 200) : what}`);
    // reason: each key of a step is a kind, and its value what that kind takes
    const performer = performers[kind as keyof Step] as (
      what: unknown,
      stage: Stage,
      observer: Observer,
    ) => Promise<void>;
    await performer(what, stage, observer);
  }
}

const performers: Performers = {
  async fault({ app, fault, pods = "all", with: options }, stage) {
    const chosen = (await podsOf(stage, app)).slice(0, pods === "one" ? 1 : undefined);
    // `block` answers nobody: that the pod heard it shows in what comes of it.
    const body = { fault, ...atTargetsPace(options, stage) };
    const begin = chosen.map((pod) => stage.target.callPod(pod, "POST", "/faults", body));
    await (fault === "block" ? Promise.allSettled(begin) : Promise.all(begin));
  },
  async mend({ app }, stage) {
    await Promise.all((await podsOf(stage, app)).map((pod) => stage.target.callPod(pod, "DELETE", "/faults")));
  },
  async traffic(rate, stage) {
    await Promise.all((await podsOf(stage, "traffic")).map((pod) => stage.target.callPod(pod, "POST", "/rate", rate)));
  },
  apply: async (manifest, stage) => apply(stage, manifest),
  async patch({ body, subresource, only, ...object }, stage) {
    if (only === "sandbox" && !stage.target.isSandbox) return;
    const ref = { ...object, namespace: stage.namespace };
    await write(stage, ref, (kubernetes) => kubernetes.patch(ref, stage.target.adapted(body), subresource));
  },
  async delete({ app, name, ...kind }, stage) {
    const { kubernetes } = stage.target;
    if (name) {
      const deleted = await kubernetes.delete({ ...kind, namespace: stage.namespace, name });
      if (!deleted) throw new Error(`delete: there is no ${kind.kind} ${name}`);
      return;
    }
    const [pod] = await podsOf(stage, app ?? "");
    if (!pod) return;
    stage.ownDeletions.add(pod.uid);
    await kubernetes.delete({ kind: "Pod", namespace: stage.namespace, name: pod.name });
  },
  async mode(mode, stage) {
    const labels = { [modeLabel]: mode === "none" ? null : mode };
    await stage.target.kubernetes.patch({ kind: "Namespace", name: stage.namespace }, { metadata: { labels } });
  },
  policy: async (spec, stage) => setPolicy(stage, spec),
  async pause({ app }, stage) {
    const target = app ? `${stage.namespace}/Deployment/${app}` : stage.namespace;
    const scope = app ? "Workload" : "Namespace";
    const pause = { scope, target, reason: "a scenario pauses it", by: "scenarios" };
    await changePauses(stage, (pauses) => [...pauses, pause]);
    stage.restore.push(() => resume(stage));
  },
  resume: async (_, stage) => resume(stage),
  async silence(labels, stage) {
    const { target, namespace } = stage;
    const matchers = Object.entries({ namespace, ...labels }).map(([name, value]) => ({
      name,
      value,
      isRegex: false,
      isEqual: true,
    }));
    const now = Date.now();
    const answer = (await target.alertmanager("POST", "/api/v2/silences", {
      matchers,
      startsAt: new Date(now).toISOString(),
      endsAt: new Date(now + 3_600_000).toISOString(),
      createdBy: "scenarios",
      comment: stage.scenario,
    })) as { silenceID: string }; // reason: Alertmanager's API v2
    stage.silences.push(answer.silenceID);
  },
  wait: async (condition, stage, observer) => waitFor(stage, observer, condition),
};

/** Memory rises as fast as the target's rule for it looks: so many times faster than in production. */
function atTargetsPace(options: Readonly<Record<string, number>> = {}, { target }: Stage): Record<string, number> {
  const { mbPerSecond } = options;
  return mbPerSecond === undefined ? options : { ...options, mbPerSecond: mbPerSecond * slowestScale(target.pace) };
}

function resume(stage: Stage): Promise<void> {
  return changePauses(stage, (pauses) => pauses.filter(({ target }) => target.split("/")[0] !== stage.namespace));
}

interface Pause {
  scope: string;
  target: string;
  reason: string;
  by: string;
}

/** Others write to the one ledger too: conflicts are read and tried again. */
async function changePauses({ target }: Stage, change: (pauses: Pause[]) => Pause[]): Promise<void> {
  const ref = { kind: "HealingLedger", name: ledgerName };
  for (let attempt = 1; ; attempt++) {
    const ledger = await target.kubernetes.get(ref);
    const spec = { pauses: change(ledger?.spec?.pauses ?? []) };
    try {
      if (ledger) {
        await target.kubernetes.patch(ref, { metadata: { resourceVersion: ledger.metadata.resourceVersion }, spec });
      } else {
        const metadata = { name: ledgerName };
        await target.kubernetes.create({ apiVersion: "autoheal.dev/v1alpha1", kind: "HealingLedger", metadata, spec });
      }
      return;
    } catch (error) {
      if (!(error instanceof KubernetesError) || error.code !== 409 || attempt === 20) throw error;
    }
  }
}
