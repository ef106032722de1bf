import type { ActionEffect, Doors, Written } from "../../action/index.ts";
import type { Incident } from "../../incident/index.ts";
import { markAnnotation } from "../../workload/index.ts";
import type { Cluster, ClusterObject } from "./cluster.ts";
import { ClusterError, isClusterError } from "./errors.ts";
import { loadLedger, loadPolicy } from "./read-limits.ts";
import { loadObjects, workloadResources } from "./read-workload.ts";

const written: Written = { kind: "written" };
const resources = { ...workloadResources, HorizontalPodAutoscaler: "horizontalpodautoscalers" } as const;

/** How often the mark is tried again when somebody else writes the workload at the same time. */
const markTries = 5;

/** An action function's way to the cluster; `ownNamespace` is AutoHeal's. */
export function actionDoors(cluster: Cluster, ownNamespace: string, now: () => Date): Doors {
  return {
    observe: async ({ incident: { namespace, name } }) => {
      const incident = await cluster.get<ClusterObject & Incident>("incidents", namespace, name);
      const ref = incident?.spec.workload;
      const objects = ref && (await loadObjects(cluster, ref));
      const [policy, ledger] = await Promise.all([
        loadPolicy(cluster, ownNamespace, {
          namespace: ref?.namespace ?? namespace,
          workloadLabels: objects?.object.metadata?.labels ?? {},
          alerts: incident?.status?.alerts.map(({ labels }) => labels) ?? [],
        }),
        loadLedger(cluster),
      ]);
      return { incident, ledger, objects, policy, now: now() };
    },
    perform: async (effect) => {
      try {
        return await perform(cluster, effect);
      } catch (error) {
        if (!(error instanceof ClusterError)) throw error;
        if (error.reason === "Conflict" || error.reason === "NotFound") return { kind: "changed" };
        if (error.reason === "Forbidden" || error.reason === "Invalid") {
          return { kind: "refused", message: error.message };
        }
        throw error;
      }
    },
  };
}

async function perform(cluster: Cluster, effect: ActionEffect): Promise<Written> {
  switch (effect.do) {
    case "merge": {
      const { kind, namespace, name } = effect.object;
      await cluster.patch(resources[kind], namespace, name, effect.patch);
      return written;
    }
    case "replace": {
      const { kind, namespace, name } = effect.object;
      await cluster.jsonPatch(resources[kind], namespace, name, effect.operations);
      return written;
    }
    case "evict":
      return evictAll(cluster, effect.namespace, effect.pods);
    case "mark":
      return mark(cluster, effect);
  }
}

/** Evicts all that may go; rejects with `DisruptionBudget` when some may not go now: those are tried again later. */
async function evictAll(
  cluster: Cluster,
  namespace: string,
  pods: readonly { name: string; uid: string }[],
): Promise<Written> {
  let forbidden: ClusterError | undefined;
  for (const { name, uid } of pods) {
    try {
      await cluster.evict(namespace, name, uid);
    } catch (error) {
      if (isClusterError(error, "DisruptionBudget"))
        forbidden = error as ClusterError; // reason: just checked
      else if (!isClusterError(error, "NotFound") && !isClusterError(error, "Conflict")) throw error;
      else if (await stays(cluster, namespace, name, uid)) throw error;
    }
  }
  if (forbidden) throw forbidden;
  return written;
}

/** True when that very pod is still there and not on its way out. */
async function stays(cluster: Cluster, namespace: string, name: string, uid: string): Promise<boolean> {
  const pod = await cluster.get("pods", namespace, name);
  return pod?.metadata.uid === uid && pod.metadata.deletionTimestamp === undefined;
}

/** Reads again before it writes: the change that is marked has itself moved the workload's resourceVersion. */
async function mark(
  cluster: Cluster,
  { workload: { kind, namespace, name }, uid, id }: Extract<ActionEffect, { do: "mark" }>,
): Promise<Written> {
  for (let left = markTries; ; left--) {
    const object = await cluster.get(resources[kind], namespace, name);
    if (object?.metadata.uid !== uid) return { kind: "changed" };
    if (object.metadata.annotations?.[markAnnotation] === id) return written;
    const { resourceVersion } = object.metadata;
    try {
      await cluster.patch(resources[kind], namespace, name, {
        metadata: { resourceVersion, annotations: { [markAnnotation]: id } },
      });
      return written;
    } catch (error) {
      if (!isClusterError(error, "Conflict") || left <= 1) throw error;
    }
  }
}
