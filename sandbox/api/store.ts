import type { Kind } from "./kinds.ts";
import type { KubernetesObject } from "./object.ts";

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
