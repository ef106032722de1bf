import { randomBytes, randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { metadataCauses } from "./built-in/index.ts";
import { builtInKinds, type Kind } from "./kinds.ts";
import { alreadyExists, badRequest, conflict, invalid, notFound, StatusError } from "./status-error.ts";

/** An owner of an object, as in metav1.OwnerReference. */
export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Any stored object; metadata is filled in by the store. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    generateName?: string;
    uid: string;
    resourceVersion: string;
    generation?: number;
    creationTimestamp: string;
    deletionTimestamp?: string;
    deletionGracePeriodSeconds?: number;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: OwnerReference[];
  };
  // biome-ignore lint/suspicious/noExplicitAny: the other fields are those of any kind of object.
  [key: string]: any;
}

/** One change of one object; `previous` is what it was before. */
export type WatchEvent<T = KubernetesObject> = { type: "ADDED" | "MODIFIED" | "DELETED"; object: T; previous?: T };

/** What must still hold for a delete to happen; gracePeriodSeconds replaces the pod's own, 0 removes at once. */
export interface DeleteOptions {
  uid?: string;
  resourceVersion?: string;
  gracePeriodSeconds?: number;
}

/**
 * The state of the sandbox's cluster. `resource` is plural[.group]: "pods", "deployments.apps", "incidents.autoheal.dev".
 * Objects handed out are deep-frozen: change them by `modify`, or by `update` with a copy.
 * Every write of a kind with a status subresource touches either status alone ({ subresource: "status" }) or all but it.
 * As in the real server a Deployment's generation also counts changes of its annotations, unless they come with the
 * status (as the deployment controller's revision annotation does).
 */
export interface Store {
  get<T = KubernetesObject>(resource: string, namespace: string | undefined, name: string): T | undefined;
  list<T = KubernetesObject>(
    resource: string,
    filter?: { namespace?: string | undefined; labels?: Record<string, string> | undefined },
  ): T[];
  /** Needs metadata.name or metadata.generateName; a given status is dropped where status is a subresource. */
  create<T = KubernetesObject>(resource: string, object: object): T;
  /** Throws 409 Conflict where the object carries a resourceVersion that is not the stored one. */
  update<T = KubernetesObject>(resource: string, object: T, options?: { subresource?: "status" | undefined }): T;
  /** Read-modify-write for controllers: undefined when the object is gone, no event when nothing changed. */
  modify<T = KubernetesObject>(
    resource: string,
    namespace: string | undefined,
    name: string,
    change: (draft: T) => void,
    options?: { subresource?: "status" | undefined },
  ): T | undefined;
  /**
   * Asks for deletion. A pod that a kubelet has taken (spec.nodeName is set) and that has not ended only gets its
   * deletionTimestamp; the kubelet calls `remove` once its process has ended. All else is gone at once.
   */
  delete(resource: string, namespace: string | undefined, name: string, options?: DeleteOptions): void;
  /** Takes the object out of the store; no error where it is gone already. */
  remove(resource: string, namespace: string | undefined, name: string): void;
  /**
   * Calls the listener synchronously after each write; no initial list. Ends with the returned function. Events of
   * writes that a listener makes follow when all listeners have had the current one.
   */
  watch<T = KubernetesObject>(resource: string, listener: (event: WatchEvent<T>) => void): () => void;
  /** The changes after a resourceVersion, oldest first; "expired" when they are no longer remembered. */
  since(resource: string, resourceVersion: number): WatchEvent[] | "expired";
  /** The resourceVersion of the latest write of all. */
  resourceVersion(): number;
  kinds(): Kind[];
  /** Serves another kind from now on (a CustomResourceDefinition does this). */
  serve(kind: Kind): void;
  /** Ends serving a kind; its objects go with it. */
  unserve(resource: string): void;
}

const REMEMBERED_EVENTS = 2000;
const FIRST_RESOURCE_VERSION = 1000; // so that small numbers are "too old", as in a cluster with a past

/** An empty in-memory store of the built-in kinds; `now` gives the time for timestamps. */
export function createStore(options: { now?: () => Date; rememberedEvents?: number } = {}): Store {
  const now = () => (options.now?.() ?? new Date()).toISOString().replace(/\.\d+Z$/, "Z");
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
    if (on.kind.generation && !status && specChanged(on.kind, stored, next)) {
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
      if (uid !== undefined && uid !== stored.metadata.uid) throw conflict(resource, name, uidMismatch(uid, stored));
      if (resourceVersion !== undefined && resourceVersion !== stored.metadata.resourceVersion) {
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
        next.metadata.deletionTimestamp = new Date(Date.parse(now()) + grace * 1000)
          .toISOString()
          .replace(".000Z", "Z");
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
      if (resourceVersion < on.forgotten) return "expired";
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

// Through JSON, so that undefined fields and Dates become what they would be on the wire.
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value));

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

function newObject(kind: Kind, given: object, creationTimestamp: string): KubernetesObject {
  const object = copy(given) as KubernetesObject; // metadata is completed below
  const metadata: Partial<KubernetesObject["metadata"]> = object.metadata ?? {};
  const name = metadata.name ?? (metadata.generateName === undefined ? undefined : generated(metadata.generateName));
  const kindName = kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
  if (name === undefined || name === "") {
    const message = "Required value: name or generateName is required";
    throw invalid(kindName, "", [{ reason: "FieldValueRequired", message, field: "metadata.name" }]);
  }
  if (metadata.resourceVersion !== undefined && metadata.resourceVersion !== "") {
    throw badRequest("resourceVersion should not be set on objects to be created");
  }
  const { namespace, ...rest } = metadata;
  if (kind.namespaced && (namespace === undefined || namespace === "")) {
    const message = "Required value";
    throw invalid(kindName, name, [{ reason: "FieldValueRequired", message, field: "metadata.namespace" }]);
  }
  const { status, ...body } = object;
  const dropStatus = kind.status && kind.resource !== "customresourcedefinitions.apiextensions.k8s.io";
  return {
    ...body,
    ...(dropStatus || status === undefined ? {} : { status }),
    ...(kind.resource === "pods" ? { status: { phase: "Pending" } } : {}),
    apiVersion: kind.group === "" ? kind.version : `${kind.group}/${kind.version}`,
    kind: kind.kind,
    metadata: {
      ...rest,
      name,
      ...(kind.namespaced && namespace !== undefined ? { namespace } : {}),
      uid: randomUUID(),
      resourceVersion: "",
      ...(kind.generation ? { generation: 1 } : {}),
      creationTimestamp,
    },
  };
}

function admitted(kind: Kind, object: KubernetesObject, old: KubernetesObject | undefined): KubernetesObject {
  const causes = metadataCauses(object);
  if (causes.length > 0) {
    throw invalid(kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`, object.metadata.name, causes);
  }
  return kind.admit?.(object, old) ?? object;
}

// apiserver/pkg/storage/names: five letters of an alphabet without vowels and look-alikes.
function generated(prefix: string): string {
  const alphabet = "bcdfghjklmnpqrstvwxz2456789";
  return prefix + [...randomBytes(5)].map((byte) => alphabet[byte % alphabet.length]).join("");
}

/** What no write of the main resource may change. */
function keepIdentity(kind: Kind, stored: KubernetesObject, wanted: KubernetesObject): KubernetesObject {
  const { status, ...body } = wanted;
  const kept = stored.metadata;
  return {
    ...body,
    ...(kind.status
      ? stored.status === undefined
        ? {}
        : { status: stored.status }
      : status === undefined
        ? {}
        : { status }),
    apiVersion: stored.apiVersion,
    kind: stored.kind,
    metadata: {
      ...wanted.metadata,
      name: kept.name,
      ...(kept.namespace === undefined ? {} : { namespace: kept.namespace }),
      uid: kept.uid,
      resourceVersion: kept.resourceVersion,
      ...(kept.generation === undefined ? {} : { generation: kept.generation }),
      creationTimestamp: kept.creationTimestamp,
      ...(kept.deletionTimestamp === undefined ? {} : { deletionTimestamp: kept.deletionTimestamp }),
      ...(kept.deletionGracePeriodSeconds === undefined
        ? {}
        : { deletionGracePeriodSeconds: kept.deletionGracePeriodSeconds }),
    },
  };
}

/** Built-in kinds take annotations with the status; the deployment controller writes its revision this way. */
function statusOnly(kind: Kind, stored: KubernetesObject, wanted: KubernetesObject): KubernetesObject {
  const next = { ...copy(stored), status: wanted.status };
  const builtIn = kind.group === "" || kind.group === "apps";
  if (builtIn && wanted.metadata.annotations !== undefined) next.metadata.annotations = wanted.metadata.annotations;
  return next;
}

// pkg/registry/apps/deployment/strategy.go: annotations count for Deployments, as their ReplicaSets inherit them.
function specChanged(kind: Kind, before: KubernetesObject, after: KubernetesObject): boolean {
  const annotations = kind.resource === "deployments.apps";
  if (annotations && !isDeepStrictEqual(before.metadata.annotations, after.metadata.annotations)) return true;
  const body = ({ metadata: _, status, ...rest }: KubernetesObject) => (kind.status ? rest : { ...rest, status });
  return !isDeepStrictEqual(body(before), body(after));
}

// pkg/registry/core/pod/strategy.go CheckGracefulDelete: unscheduled and ended pods need no kubelet to go.
function podGraceSeconds(pod: KubernetesObject, asked: number | undefined): number {
  if (!pod.spec?.nodeName || pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed") return 0;
  return asked ?? pod.spec.terminationGracePeriodSeconds ?? 30;
}
