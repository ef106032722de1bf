import { clusterConfiguration, defaultPolicySpec, type Pace, paceAnnotations } from "../../monitoring/scaling/index.ts";
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
 * The objects with the functions' ConfigMap as it is to be: what is there stays, since it is the user's to change; what is
 * said now comes over it; and the defaults of knative/base where there is none yet. A pace brings its default policy.
 */
export async function configured(objects: readonly KubernetesObject[], said: Said): Promise<KubernetesObject[]> {
  const there = await get("configmap", "autoheal", `--namespace=${ownNamespace}`);
  const withMap = objects.map((object) =>
    object.kind === "ConfigMap" && object.metadata.name === "autoheal" ? configMap(object, there, said) : object,
  );
  return said.pace ? [...withMap, defaultPolicy(said.pace)] : withMap;
}

function configMap(
  base: KubernetesObject,
  there: KubernetesObject | undefined,
  { variables, pace }: Said,
): KubernetesObject {
  const data = { ...(there?.data ?? base.data), ...(pace ? clusterConfiguration(pace) : {}), ...variables };
  if (!pace) return { ...base, data };
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
