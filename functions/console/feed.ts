/** The live status of one process: watches while somebody listens, and only then. */
import { setTimeout as delay } from "node:timers/promises";
import { type Cluster, ClusterError, type ClusterObject } from "@autoheal/lib/drivers/kubernetes";
import type { Log } from "@autoheal/lib/runtime";
import { type Objects, seenIn, type Watched, watched } from "./observe.ts";
import { type Status, statusOf } from "./status.ts";

/** What listeners are told: the status when it has changed, or that it can't be known at the moment. */
export type Update = { kind: "status"; status: Status } | { kind: "away"; error: unknown };

/** A status that can be listened to. */
export interface Feed {
  /** Tells the latest at once when there is one, then each change, until the returned function is called. */
  listen(listener: (update: Update) => void): () => void;
}

/** Changes within this time, in ms, are told as one. */
const gatherMs = 100;

/** Waits between tries while the API server is away, in ms: short first, so that a restart is hardly seen. */
const retryMs = [500, 1_000, 2_000, 5_000];

/** One watch of each kind for all listeners, from the first that comes to the last that goes. */
export function openFeed(cluster: Cluster, ownNamespace: string, log: Log, now: () => Date): Feed {
  const listeners = new Set<(update: Update) => void>();
  let session: Session | undefined;

  const tell = (update: Update) => {
    for (const listener of listeners) listener(update);
  };
  return {
    listen: (listener) => {
      listeners.add(listener);
      session ??= openSession(cluster, ownNamespace, log, now, tell);
      if (session.latest) listener(session.latest);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        session?.close();
        session = undefined;
      };
    },
  };
}

interface Session {
  readonly latest: Update | undefined;
  close(): void;
}

function openSession(
  cluster: Cluster,
  ownNamespace: string,
  log: Log,
  now: () => Date,
  tell: (update: Update) => void,
): Session {
  const closing = new AbortController();
  const kinds = new Map<Watched, Map<string, ClusterObject>>();
  const away = new Map<Watched, unknown>();
  let latest: Update | undefined;
  let told = "";
  let gathering: NodeJS.Timeout | undefined;

  const publish = () => {
    gathering = undefined;
    const [error] = away.values();
    if (error === undefined && kinds.size < watched.length) return;
    const update: Update = error === undefined ? { kind: "status", status: current() } : { kind: "away", error };
    const content = update.kind === "status" ? JSON.stringify({ ...update.status, at: "" }) : "away";
    if (content === told) return;
    told = content;
    latest = update;
    tell(update);
  };
  const current = (): Status => {
    const objects = Object.fromEntries(watched.map((kind) => [kind, [...(kinds.get(kind)?.values() ?? [])]]));
    return statusOf(seenIn(objects as unknown as Objects, ownNamespace), now()); // reason: one entry for each kind
  };
  const changed = () => {
    gathering ??= setTimeout(publish, gatherMs);
  };

  const follow = async (kind: Watched) => {
    let failures = 0;
    while (!closing.signal.aborted) {
      try {
        await cluster.watch(
          kind,
          {},
          (objects) => {
            failures = 0;
            away.delete(kind);
            kinds.set(kind, new Map(objects.map((object) => [object.metadata.uid, object])));
            changed();
          },
          ({ type, object }) => {
            if (type === "DELETED") kinds.get(kind)?.delete(object.metadata.uid);
            else kinds.get(kind)?.set(object.metadata.uid, object);
            changed();
          },
          closing.signal,
        );
      } catch (error) {
        if (closing.signal.aborted) return;
        if (!(error instanceof ClusterError)) log.error({ error, kind }, "watch failed");
        else if (!away.has(kind)) log.warn({ error, kind }, "watch interrupted");
        away.set(kind, error);
        changed();
        await delay(retryMs[Math.min(failures++, retryMs.length - 1)], undefined, { signal: closing.signal }).catch(
          () => undefined, // closing
        );
      }
    }
  };
  for (const kind of watched) void follow(kind);

  return {
    get latest() {
      return latest;
    },
    close: () => {
      closing.abort();
      clearTimeout(gathering);
    },
  };
}
