import { get, type KubernetesObject } from "../cluster/kubectl.ts";
import { ownNamespace } from "../cluster/namespace.ts";

/**
 * The functions' ConfigMap as it is to be: what is there stays, since it is the user's to change; what is said now comes over it;
 * and the defaults of knative/base where there is none yet.
 */
export async function configured(
  objects: readonly KubernetesObject[],
  said: Readonly<Record<string, string>>,
): Promise<KubernetesObject[]> {
  const there = await get("configmap", "autoheal", `--namespace=${ownNamespace}`).catch(() => undefined);
  return objects.map((object) =>
    object.kind === "ConfigMap" && object.metadata.name === "autoheal"
      ? { ...object, data: { ...(there?.data ?? object.data), ...said } }
      : object,
  );
}
