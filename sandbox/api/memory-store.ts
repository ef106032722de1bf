import { isDeepStrictEqual } from "node:util";
import { builtInKinds, type Kind } from "./kinds.ts";
import type { KubernetesObject } from "./object.ts";
import { alreadyExists, conflict, notFound, StatusError } from "./status-error.ts";
import type { Store, WatchEvent } from "./store.ts";
import {
  admitted,
  changesSpec,
  copy,
  deepFreeze,
  keepIdentity,
  newObject,
  podGraceSeconds,
  statusOnly,
  timestamp,
} from "./written-object.ts";

const REMEMBERED_EVENTS = 2000;
const FIRST_RESOURCE_VERSION = 1000; // so that small numbers are "too old", as in a cluster with a past

/** An empty in-memory store of the built-in kinds; `now` gives the time for timestamps. */
export function createStore(options: { now?: () => Date; rememberedEvents?: number } = {}): Store {
  const now = options.now ?? (() => new Date());
  const remembered = options.rememberedEvents ?? REMEMBERED_EVENTS;
  const shelves = new Map<string, Shelf>();
  const undelivered: { on: Shelf; event: WatchEvent }[] = [];
  let version = FIRST_RESOURCE_VERSION;

  const shelf = (resource: string): Shelf => {
    const found = shelves.get(resource);
    if (found === undefined) {
      throw new StatusError(404, "NotFound", `the sandbox does not serve "${resource}"`, { kind: resource });
    }
    return found;
  };

  const write = (on: Shelf, object: KubernetesObject, previous: KubernetesObject | undefined): KubernetesObject => {
    version += 1;
    object.metadata.resourceVersion = String(version);
    deepFreeze(object);
    on.objects.set(keyOf(object.metadata.namespace, object.metadata.name), object);
    publish(on, previous === undefined ? { type: "ADDED", object } : { type: "MODIFIED", object, previous });
    return object;
  };

  const publish = (on: Shelf, event: WatchEvent): void => {
    on.history.push(event);
    if (on.history.length > remembered) {
      const forgotten = on.history.splice(0, on.history.length - remembered);
      on.forgotten = Number(forgotten.at(-1)?.object.metadata.resourceVersion ?? on.forgotten);
    }
    // A listener may write: its event waits until all have heard of this one, so that everyone sees one order.
    undelivered.push({ on, event });
    if (undelivered.length > 1) return;
    for (let next = undelivered[0]; next !== undefined; next = undelivered[0]) {
      for (const listener of [...next.on.listeners]) tell(listener, next.event);
      undelivered.shift();
    }
  };

  const replace = (on: Shelf, stored: KubernetesObject, wanted: KubernetesObject, status: boolean) => {
    let next = status ? statusOnly(on.kind, stored, wanted) : keepIdentity(on.kind, stored, wanted);
    next = admitted(on.kind, next, stored);
    next = copy(next); // drops what is undefined, so that the comparison sees what would be stored
    if (isDeepStrictEqual(next, stored)) return stored;
    if (on.kind.generation && !status && changesSpec(on.kind, stored, next)) {
      next.metadata.generation = (stored.metadata.generation ?? 0) + 1;
    }
    return write(on, next, stored);
  };

  const store: Store = {
    get: <T>(resource: string, namespace: string | undefined, name: string) => {
      const on = shelf(resource);
      // The caller names the type that the resource stores.
      return on.objects.get(keyOf(on.kind.namespaced ? namespace : undefined, name)) as T | undefined;
    },
    list: <T>(
      resource: string,
      filter: { namespace?: string | undefined; labels?: Record<string, string> | undefined } = {},
    ) => {
      const wanted = Object.entries(filter.labels ?? {});
      const matching = [...shelf(resource).objects.values()].filter(
        ({ metadata }) =>
          (filter.namespace === undefined || metadata.namespace === filter.namespace) &&
          wanted.every(([label, value]) => metadata.labels?.[label] === value),
      );
      return matching as T[]; // the caller names the type that the resource stores
    },
    create: <T>(resource: string, object: object) => {
      const on = shelf(resource);
      let draft = newObject(on.kind, object, now());
      const { namespace, name } = draft.metadata;
      if (on.objects.has(keyOf(namespace, name))) throw alreadyExists(resource, name);
      draft = admitted(on.kind, draft, undefined);
      return write(on, copy(draft), undefined) as T; // the caller names the type that the resource stores
    },
    update: <T>(resource: string, object: T, how: { subresource?: "status" | undefined } = {}) => {
      const on = shelf(resource);
      const wanted = copy(object as KubernetesObject); // every T that the store hands out is one
      const { namespace, name, resourceVersion, uid } = wanted.metadata;
      const stored = on.objects.get(keyOf(on.kind.namespaced ? namespace : undefined, name));
      if (stored === undefined) throw notFound(resource, name);
      if (uid && uid !== stored.metadata.uid) throw conflict(resource, name, uidMismatch(uid, stored));
      if (resourceVersion && resourceVersion !== stored.metadata.resourceVersion) {
        throw conflict(resource, name);
      }
      return replace(on, stored, wanted, how.subresource === "status" && on.kind.status) as T;
    },
    modify: <T>(
      resource: string,
      namespace: string | undefined,
      name: string,
      change: (draft: T) => void,
      how: { subresource?: "status" | undefined } = {},
    ) => {
      const stored = store.get(resource, namespace, name);
      if (stored === undefined) return undefined;
      const draft = copy(stored);
      change(draft as T); // the caller names the type that the resource stores
      return store.update(resource, draft as T, how);
    },
    delete: (resource, namespace, name, how = {}) => {
      const on = shelf(resource);
      const stored = store.get(resource, namespace, name);
      if (stored === undefined) throw notFound(resource, name);
      const { uid, resourceVersion, deletionTimestamp } = stored.metadata;
      if (how.uid !== undefined && how.uid !== uid) throw conflict(resource, name, uidMismatch(how.uid, stored));
      if (how.resourceVersion !== undefined && how.resourceVersion !== resourceVersion) {
        const why = `the ResourceVersion in the precondition (${how.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
        throw conflict(resource, name, `Precondition failed: ${why}`);
      }
      const grace = resource === "pods" ? podGraceSeconds(stored, how.gracePeriodSeconds) : 0;
      if (grace === 0) {
        if (resource === "namespaces") emptyNamespace(name);
        store.remove(resource, namespace, name);
      } else if (deletionTimestamp === undefined) {
        const next = copy(stored);
        next.metadata.deletionTimestamp = timestamp(new Date(now().getTime() + grace * 1000));
        next.metadata.deletionGracePeriodSeconds = grace;
        next.metadata.generation = (next.metadata.generation ?? 0) + 1;
        write(on, next, stored);
      }
    },
    remove: (resource, namespace, name) => {
      const on = shelf(resource);
      const stored = store.get(resource, namespace, name);
      if (stored === undefined) return;
      on.objects.delete(keyOf(stored.metadata.namespace, name));
      version += 1;
      const object = copy(stored);
      object.metadata.resourceVersion = String(version);
      publish(on, { type: "DELETED", object: deepFreeze(object), previous: stored });
    },
    watch: <T>(resource: string, listener: (event: WatchEvent<T>) => void) => {
      const { listeners } = shelf(resource);
      // The caller names the type that the resource stores; a wrapper keeps two equal listeners apart.
      const own = (event: WatchEvent) => listener(event as WatchEvent<T>);
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
    since: (resource, resourceVersion) => {
      const on = shelf(resource);
      const isFromAnotherLife = resourceVersion > version; // of a sandbox that is gone
      if (resourceVersion < on.forgotten || isFromAnotherLife) return "expired";
      return on.history.filter(({ object }) => Number(object.metadata.resourceVersion) > resourceVersion);
    },
    resourceVersion: () => version,
    kinds: () => [...shelves.values()].map((on) => on.kind),
    serve: (kind) => {
      const on = shelves.get(kind.resource);
      if (on === undefined) shelves.set(kind.resource, newShelf(kind, version));
      else on.kind = kind;
    },
    unserve: (resource) => {
      for (const { metadata } of store.list(resource)) store.remove(resource, metadata.namespace, metadata.name);
      shelves.delete(resource);
    },
  };

  const emptyNamespace = (namespace: string): void => {
    for (const { kind } of shelves.values()) {
      if (!kind.namespaced) continue;
      for (const { metadata } of store.list(kind.resource, { namespace })) {
        store.delete(kind.resource, namespace, metadata.name);
      }
    }
  };

  for (const kind of builtInKinds()) store.serve(kind);
  return store;
}

interface Shelf {
  kind: Kind;
  objects: Map<string, KubernetesObject>;
  listeners: Set<(event: WatchEvent) => void>;
  history: WatchEvent[];
  /** Changes up to this resourceVersion are no longer in the history. */
  forgotten: number;
}

const newShelf = (kind: Kind, forgotten: number): Shelf => ({
  kind,
  objects: new Map(),
  listeners: new Set(),
  history: [],
  forgotten,
});

// One listener's failure must not break the write or keep the others from hearing of it.
function tell(listener: (event: WatchEvent) => void, event: WatchEvent): void {
  try {
    listener(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

const keyOf = (namespace: string | undefined, name: string): string => `${namespace ?? ""}/${name}`;

const uidMismatch = (uid: string, stored: KubernetesObject): string =>
  `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${stored.metadata.uid}`;
