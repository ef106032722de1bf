/** The ReplicaSet controller: as many pods of one template as are wanted. */
import type { Store } from "../api/index.ts";
import type { Clock } from "./clock.ts";
import { recorder } from "./events.ts";
import { controllerReference, isActive, isControlledBy, isReady, type Pod, type ReplicaSet } from "./objects.ts";
import { keyOf, startQueue } from "./reconcile.ts";

const REPLICA_SETS = "replicasets.apps";

/** Follows every ReplicaSet until the returned function is called. */
export function startReplicaSets(store: Store, clock: Clock): () => void {
  const record = recorder(store, clock, "replicaset-controller");
  const queue = startQueue(clock, "replicaset", reconcile);

  function reconcile(namespace: string, name: string): void {
    const set = store.get<ReplicaSet>(REPLICA_SETS, namespace, name);
    if (!set || set.metadata.deletionTimestamp) return;
    const pods = podsOf(set);
    const missing = (set.spec.replicas ?? 1) - pods.length;
    for (let count = 0; count < missing; count++) createPod(set);
    const surplus = missing < 0 ? pods.sort(leastWanted).slice(0, -missing) : [];
    for (const { metadata } of surplus) {
      store.delete("pods", namespace, metadata.name);
      record(set, "Normal", "SuccessfulDelete", `Deleted pod: ${metadata.name}`);
    }
    report(set);
  }

  function podsOf({ metadata }: ReplicaSet): Pod[] {
    const pods = store.list<Pod>("pods", { namespace: metadata.namespace });
    return pods.filter((pod) => isControlledBy(pod, metadata.uid) && isActive(pod));
  }

  function createPod(set: ReplicaSet): void {
    const { labels = {}, annotations = {} } = set.spec.template?.metadata ?? {};
    const { namespace, name } = set.metadata;
    const metadata = {
      generateName: `${name}-`,
      namespace,
      labels,
      annotations,
      ownerReferences: [controllerReference(set)],
    };
    const pod = store.create<Pod>("pods", { metadata, spec: set.spec.template?.spec });
    record(set, "Normal", "SuccessfulCreate", `Created pod: ${pod.metadata.name}`);
  }

  function report(set: ReplicaSet): void {
    const pods = podsOf(set);
    const ready = pods.filter(isReady);
    const waits = ready.map((pod) => availableIn(pod, set.spec.minReadySeconds ?? 0, clock));
    const available = waits.filter((wait) => wait <= 0).length;
    store.modify<ReplicaSet>(
      REPLICA_SETS,
      set.metadata.namespace,
      set.metadata.name,
      (draft) => {
        draft.status = {
          replicas: pods.length,
          ...(ready.length > 0 ? { readyReplicas: ready.length } : {}),
          ...(available > 0 ? { availableReplicas: available } : {}),
          observedGeneration: set.metadata.generation ?? 0,
        };
      },
      { subresource: "status" },
    );
    const next = waits.filter((wait) => wait > 0);
    if (next.length > 0) queue.add(keyOf(set), Math.min(...next));
  }

  const stops = [
    store.watch<ReplicaSet>(REPLICA_SETS, ({ object }) => queue.add(keyOf(object))),
    store.watch<Pod>("pods", ({ object }) => {
      const owner = object.metadata.ownerReferences?.find(
        ({ controller, kind }) => controller && kind === "ReplicaSet",
      );
      if (owner) queue.add(`${object.metadata.namespace}/${owner.name}`);
    }),
  ];
  for (const set of store.list<ReplicaSet>(REPLICA_SETS)) queue.add(keyOf(set));
  return () => {
    for (const stop of stops) stop();
    queue.close();
  };
}

function readySince(pod: Pod): number {
  const condition = pod.status?.conditions?.find(({ type }) => type === "Ready");
  return Date.parse(condition?.lastTransitionTime ?? "") || 0;
}

// The second that metav1.Time cuts off is waited for, so that no pod counts as available too early.
function availableIn(pod: Pod, minReadySeconds: number, clock: Clock): number {
  return minReadySeconds === 0 ? 0 : readySince(pod) + 1000 + clock.scaled(minReadySeconds) - clock.now();
}

// As controller_utils.go ActivePodsWithRanks: not ready first, then ready for less long.
function leastWanted(a: Pod, b: Pod): number {
  return Number(isReady(a)) - Number(isReady(b)) || readySince(b) - readySince(a);
}
