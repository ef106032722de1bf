import type { IncomingMessage } from "node:http";
import { ClusterError, clusterErrorOf } from "./errors.ts";
import { pathOf, type Resource } from "./resources.ts";
import type { ApiRequest, Transport } from "./transport.ts";

/** Longest wait for an answer, in ms: a handler has to answer within 8 s. */
const requestTimeoutMs = 5_000;

/** How long the server keeps a watch, in seconds; a watch that has not ended this much later, in seconds, has nobody at its other end. */
const watchSeconds = 300;
const watchGraceSeconds = 30;

/** What the kubelet answers with 200 in place of a log whose container has just been removed (kuberuntime_container.go). */
const kubeletsRegret = /^unable to retrieve container logs for \S+$/;

/** What each object has, whatever its kind. */
export interface ClusterObject {
  apiVersion?: string;
  kind?: string;
  metadata: {
    name: string;
    namespace?: string;
    uid: string;
    resourceVersion: string;
    generation?: number;
    creationTimestamp: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[];
  };
}

/** Which objects a list or a watch is about. */
export interface Selection {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
}

/** One event of a watch. */
export interface Change<T> {
  type: "ADDED" | "MODIFIED" | "DELETED";
  object: T;
}

/**
 * The cluster, as AutoHeal uses it. Every method rejects with ClusterError, in the project's own reasons.
 * Objects are the JSON of the API server; `T` is the caller's word for what the server has validated.
 */
export interface Cluster {
  /** The object, or undefined when there is none. */
  get<T extends ClusterObject>(resource: Resource, namespace: string | undefined, name: string): Promise<T | undefined>;
  list<T extends ClusterObject>(resource: Resource, selection?: Selection): Promise<T[]>;
  /** `AlreadyExists` when the name is taken. */
  create<T extends ClusterObject>(resource: Resource, namespace: string | undefined, object: unknown): Promise<T>;
  /** JSON merge patch; with `metadata.resourceVersion` in it, `Conflict` when the object has changed since. */
  patch<T extends ClusterObject>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    patch: unknown,
    subresource?: "status",
  ): Promise<T>;
  /** JSON patch (RFC 6902): needed where a whole value is to be replaced, not merged. */
  jsonPatch<T extends ClusterObject>(
    resource: Resource,
    namespace: string | undefined,
    name: string,
    operations: readonly unknown[],
  ): Promise<T>;
  /** `NotFound` when it is gone; `Conflict` when it is another one of the same name. */
  delete(resource: Resource, namespace: string | undefined, name: string, uid?: string): Promise<void>;
  /** Asks for the eviction of exactly this pod; `DisruptionBudget` when a PDB forbids it now. */
  evict(namespace: string, pod: string, uid: string): Promise<void>;
  /** The last lines of a container's log; undefined when there is none. */
  log(
    namespace: string,
    pod: string,
    container: string,
    options: { previous: boolean; tailLines: number },
  ): Promise<string | undefined>;
  /** Lists, then follows changes, and lists again when the server has forgotten where we were; ends with `signal`. */
  watch<T extends ClusterObject>(
    resource: Resource,
    selection: Selection,
    onList: (objects: T[]) => void,
    onChange: (change: Change<T>) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

interface ListBody<T> {
  metadata: { resourceVersion: string; continue?: string };
  items: T[];
}

/** A Cluster over a transport. */
export function clusterOver(transport: Transport, longestWatchMs = (watchSeconds + watchGraceSeconds) * 1000): Cluster {
  async function ask<T>(request: ApiRequest, verb: string): Promise<T> {
    const answer = await transport({ timeoutMs: requestTimeoutMs, ...request });
    const text = await textOf(answer);
    const status = answer.statusCode ?? 0;
    if (status >= 400) throw clusterErrorOf(status, parsed(text), verb);
    return parsed(text) as T; // reason: the API server validated it against the kind's schema
  }

  async function listPage<T>(resource: Resource, selection: Selection, from?: string): Promise<ListBody<T>> {
    const query = queryOf({ ...selection, limit: "500", continue: from });
    return ask({ method: "GET", path: pathOf(resource, selection.namespace) + query }, "list");
  }

  async function listAll<T>(resource: Resource, selection: Selection): Promise<ListBody<T>> {
    let page = await listPage<T>(resource, selection);
    const items = [...page.items];
    while (page.metadata.continue) {
      page = await listPage<T>(resource, selection, page.metadata.continue);
      items.push(...page.items);
    }
    return { ...page, items };
  }

  async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof ClusterError && error.reason === "NotFound") return undefined;
      throw error;
    }
  }

  return {
    get: (resource, namespace, name) =>
      orUndefined(ask({ method: "GET", path: pathOf(resource, namespace, name) }, "get")),

    list: async <T extends ClusterObject>(resource: Resource, selection: Selection = {}) =>
      (await listAll<T>(resource, selection)).items,

    create: (resource, namespace, object) =>
      ask({ method: "POST", path: pathOf(resource, namespace), body: object }, "create"),

    patch: (resource, namespace, name, patch, subresource) =>
      ask(
        {
          method: "PATCH",
          path: pathOf(resource, namespace, name, subresource),
          body: patch,
          contentType: "application/merge-patch+json",
        },
        "patch",
      ),

    jsonPatch: (resource, namespace, name, operations) =>
      ask(
        {
          method: "PATCH",
          path: pathOf(resource, namespace, name),
          body: operations,
          contentType: "application/json-patch+json",
        },
        "patch",
      ),

    delete: async (resource, namespace, name, uid) => {
      const body = uid ? { preconditions: { uid } } : {};
      await ask({ method: "DELETE", path: pathOf(resource, namespace, name), body }, "delete");
    },

    evict: async (namespace, pod, uid) => {
      const body = {
        apiVersion: "policy/v1",
        kind: "Eviction",
        metadata: { name: pod, namespace },
        deleteOptions: { preconditions: { uid } },
      };
      await ask({ method: "POST", path: pathOf("pods", namespace, pod, "eviction"), body }, "evict");
    },

    log: async (namespace, pod, container, { previous, tailLines }) => {
      const query = queryOf({
        container,
        previous: String(previous),
        tailLines: String(tailLines),
        limitBytes: "16384",
      });
      const path = pathOf("pods", namespace, pod, "log") + query;
      const answer = await transport({ method: "GET", path, timeoutMs: requestTimeoutMs });
      const text = await textOf(answer);
      const status = answer.statusCode ?? 0;
      // 400 is the server's answer when the container has no (previous) log.
      if (status === 404 || status === 400) return undefined;
      if (status >= 400) throw clusterErrorOf(status, parsed(text), "log");
      return kubeletsRegret.test(text) ? undefined : text;
    },

    watch: async <T extends ClusterObject>(
      resource: Resource,
      selection: Selection,
      onList: (objects: T[]) => void,
      onChange: (change: Change<T>) => void,
      signal: AbortSignal,
    ) => {
      while (!signal.aborted) {
        const listed = await listAll<T>(resource, selection);
        onList(listed.items);
        await follow(resource, selection, listed.metadata.resourceVersion, onChange, signal);
      }
    },
  };

  /** Returns when the watch ends or the server answers 410 Gone; the caller lists again. */
  async function follow<T>(
    resource: Resource,
    selection: Selection,
    from: string,
    onChange: (change: Change<T>) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const query = queryOf({ ...selection, watch: "true", resourceVersion: from, timeoutSeconds: String(watchSeconds) });
    // A peer that is gone without a word (a lost node, a firewall that forgets) ends nothing, and what is shown would stay as it was.
    const ending = AbortSignal.any([signal, AbortSignal.timeout(longestWatchMs)]);
    const path = pathOf(resource, selection.namespace) + query;
    const answer = await transport({ method: "GET", path, signal: ending });
    if (answer.statusCode !== 200) {
      const status = answer.statusCode ?? 0;
      const text = await textOf(answer);
      if (status === 410) return;
      throw clusterErrorOf(status, parsed(text), "watch");
    }
    try {
      for await (const line of linesOf(answer)) {
        const change = parsed(line) as { type: string; object: T } | undefined; // reason: the watch protocol
        if (change?.type === "ADDED" || change?.type === "MODIFIED" || change?.type === "DELETED") {
          onChange({ type: change.type, object: change.object });
        } else if (change?.type !== "BOOKMARK") return;
      }
    } catch (error) {
      if (!signal.aborted) throw new ClusterError("Unavailable", "watch: the connection was cut", { cause: error });
    }
  }
}

function queryOf(parameters: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) if (value && key !== "namespace") query.set(key, value);
  const text = query.toString();
  return text && `?${text}`;
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of answer) chunks.push(chunk as Buffer); // reason: no encoding is set
  } catch (cause) {
    throw new ClusterError("Unavailable", "the answer was cut short", { cause });
  }
  return Buffer.concat(chunks).toString("utf8");
}

async function* linesOf(answer: IncomingMessage): AsyncGenerator<string> {
  let rest = "";
  answer.setEncoding("utf8");
  for await (const chunk of answer) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines.filter(Boolean);
  }
}

function parsed(text: string): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined; // reason: proxies answer in HTML; the status says enough
  }
}
