import { modeLabel } from "@autoheal/lib/policy";
import type { Deployed, Manifest, Scenario } from "../format/index.ts";
import { manifestsIn } from "../manifests.ts";
import type { ObjectRef } from "../target/index.ts";
import { until } from "./conditions.ts";
import { merged } from "./merge.ts";
import { apply, type Stage } from "./stage.ts";

/** Makes the namespace with its mode and its policy, enables AutoHeal in it, and deploys what is to be broken. */
export async function place(stage: Stage, { namespace, policy, deploy }: Scenario): Promise<void> {
  const { kubernetes } = stage.target;
  const mode = namespace?.mode ?? "Auto";
  const ref = { kind: "Namespace", name: stage.namespace };
  const labels = { [modeLabel]: mode === "none" ? null : mode };
  if (await kubernetes.get(ref)) {
    await kubernetes.patch(ref, { metadata: { labels } });
    stage.restore.push(() => kubernetes.patch(ref, { metadata: { labels: { [modeLabel]: null } } }));
  } else {
    const set = mode === "none" ? {} : { labels: { [modeLabel]: mode } };
    await kubernetes.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: stage.namespace, ...set } });
    stage.created.push(ref);
  }
  for (const binding of manifestsIn("knative/enable/role-bindings.yaml")) await apply(stage, binding);
  if (policy) await setPolicy(stage, policy);
  for (const item of deploy) for (const manifest of manifestsOf(item)) await apply(stage, manifest);
}

/** Sets the namespace's policy; its seconds are production's. */
export async function setPolicy(stage: Stage, spec: NonNullable<Scenario["policy"]>): Promise<void> {
  await apply(stage, {
    apiVersion: "autoheal.dev/v1alpha1",
    kind: "HealingPolicy",
    metadata: { name: "scenario" },
    spec: scaled(spec, stage.target.pace.timeScale),
  });
}

function scaled(value: unknown, timeScale: number, key = ""): unknown {
  if (typeof value === "number") return key.endsWith("Seconds") ? Math.ceil(value / timeScale) : value;
  if (Array.isArray(value) || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, scaled(part, timeScale, name)]));
}

/** The manifests of one entry of `deploy`. */
export function manifestsOf({ app, replicas, config, patch = {}, manifest }: Deployed): Manifest[] {
  if (manifest) return [manifest];
  return manifestsIn(`sample-apps/${app}/manifests/${app}.yaml`).map((original) => {
    let result = original;
    if (original.kind === "Deployment" && replicas !== undefined) result = merged(result, { spec: { replicas } });
    if (original.kind === "ConfigMap" && config) result = merged(result, { data: config });
    const own = patch[original.kind];
    return own ? merged(result, own) : result;
  });
}

/** Takes everything away again, the last first; what is gone already is no error. */
export async function clear(stage: Stage): Promise<void> {
  const { alertmanager } = stage.target;
  const attempts = [
    ...stage.silences.map((id) => () => alertmanager("DELETE", `/api/v2/silence/${id}`)),
    ...stage.restore,
    ...stage.created.toReversed().map((ref) => () => deleteWhole(stage, ref)),
  ];
  for (const attempt of attempts) {
    try {
      await attempt();
    } catch (error) {
      stage.say(`not cleared: ${error instanceof Error ? error.message : error}`);
    }
  }
}

/** A cluster takes a namespace away bit by bit; what still ends in it must not disturb who comes next. */
async function deleteWhole({ target }: Stage, ref: ObjectRef): Promise<void> {
  await target.kubernetes.delete(ref);
  if (ref.kind !== "Namespace") return;
  await until(`${ref.name} to be gone`, 120_000, async () => (await target.kubernetes.get(ref)) === undefined);
}
