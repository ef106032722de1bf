import type { Store } from "../api/index.ts";
import type { Owned } from "./objects.ts";

const OWNERS = ["deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps"];
const DEPENDENTS = ["replicasets.apps", "controllerrevisions.apps", "pods"];

/** Deletes what an owner leaves behind, once the owner is gone (background propagation; orphaning is not served). */
export function collectGarbage(store: Store): () => void {
  const stops = OWNERS.map((resource) =>
    store.watch<Owned>(resource, ({ type, object }) => {
      if (type !== "DELETED") return;
      setImmediate(() => removeDependents(store, object));
    }),
  );
  return () => {
    for (const stop of stops) stop();
  };
}

function removeDependents(store: Store, owner: Owned): void {
  const { namespace, uid } = owner.metadata;
  for (const resource of DEPENDENTS) {
    for (const dependent of store.list<Owned>(resource, { namespace })) {
      const { ownerReferences = [], name } = dependent.metadata;
      if (ownerReferences.some((reference) => reference.uid === uid)) store.delete(resource, namespace, name);
    }
  }
}
