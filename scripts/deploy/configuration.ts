import {
  clusterConfiguration,
  defaultPolicySpec,
  type Pace,
  paceAnnotations,
  paceOf,
  scaleSchedule,
} from "../../monitoring/scaling/index.ts";
import { get, type KubernetesObject } from "../cluster/kubectl.ts";
import { ownNamespace } from "../cluster/namespace.ts";

/** What is said of the functions' configuration when they are deployed. */
export interface Said {
  /** Variables of the functions. */
  variables: Readonly<Record<string, string>>;
  /** How much faster than in production; left out, it stays as it is. */
  pace?: Pace;
}

/**
 * The objects as they are to be. The functions' ConfigMap: what is there stays, since it is the user's to change; what is
 * said now comes over it; and the defaults of knative/base where there is none yet. A pace brings its default policy, and
 * the schedules of PingSources, which go by the clock on the wall; where none is said, that of the last time holds.
 */
export async function configured(objects: readonly KubernetesObject[], said: Said): Promise<KubernetesObject[]> {
  const there = await get("configmap", "autoheal", `--namespace=${ownNamespace}`);
  const pace = said.pace ?? paceOf(there?.metadata.annotations);
  const all = objects.map((object) => {
    if (object.kind === "ConfigMap" && object.metadata.name === "autoheal") return configMap(object, there, said, pace);
    return object.kind === "PingSource" ? scheduled(object, pace) : object;
  });
  return said.pace ? [...all, defaultPolicy(said.pace)] : all;
}

function scheduled(source: KubernetesObject, { timeScale }: Pace): KubernetesObject {
  return { ...source, spec: { ...source.spec, schedule: scaleSchedule(source.spec.schedule, timeScale) } };
}

function configMap(
  base: KubernetesObject,
  there: KubernetesObject | undefined,
  { variables, pace: said }: Said,
  pace: Pace,
): KubernetesObject {
  const data = { ...(there?.data ?? base.data), ...(said ? clusterConfiguration(said) : {}), ...variables };
  return { ...base, metadata: { ...base.metadata, annotations: paceAnnotations(pace) }, data };
}

function defaultPolicy(pace: Pace): KubernetesObject {
  return {
    apiVersion: "autoheal.dev/v1alpha1",
    kind: "HealingPolicy",
    metadata: { name: "default", namespace: ownNamespace, labels: { "app.kubernetes.io/part-of": "autoheal" } },
    spec: defaultPolicySpec(pace),
  };
}
