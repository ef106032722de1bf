import { randomUUID } from "node:crypto";
import { Cron } from "croner";
import type { KubernetesObject, Store } from "../api/index.ts";
import type { CloudEvent } from "./cloud-event.ts";
import { deliver } from "./delivery.ts";
import type { Resolve } from "./destination.ts";

const RESOURCE = "pingsources.sources.knative.dev";
const FLOOR_MS = 500;
const LONGEST_TIMER_MS = 3_600_000;
const PATIENCE = { retries: 5, backoffMs: (attempt: number) => 50 * 2 ** attempt }; // as Knative's own adapter

/** Posts the events of every PingSource there is, on a clock that runs timeScale times as fast, at most twice a second. */
export function runPingSources(options: {
  store: Store;
  resolve: Resolve;
  timeScale: number;
  log: (fields: Record<string, unknown>) => void;
  signal: AbortSignal;
}): { close(): void } {
  const { store, resolve, timeScale, log, signal } = options;
  const startedAt = Date.now();
  const timers = new Map<string, NodeJS.Timeout>();

  const stop = ({ metadata }: KubernetesObject) => {
    clearTimeout(timers.get(metadata.uid));
    timers.delete(metadata.uid);
  };

  const schedule = (source: KubernetesObject) => {
    if (pingProblem(source.spec) !== undefined) return;
    const cron = cronOf(source.spec);
    let dueAt = Date.now();
    const next = () => {
      const scaledNow = startedAt + (Math.max(Date.now(), dueAt) - startedAt) * timeScale;
      const scaledNext = cron.nextRun(new Date(scaledNow));
      if (scaledNext === null) return; // such as 30 February
      const scheduled = startedAt + (scaledNext.getTime() - startedAt) / timeScale;
      dueAt = Math.max(scheduled, dueAt + FLOOR_MS);
      wait();
    };
    const wait = () => {
      const left = Math.max(0, dueAt - Date.now());
      timers.set(
        source.metadata.uid,
        setTimeout(left > LONGEST_TIMER_MS ? wait : fire, Math.min(left, LONGEST_TIMER_MS)),
      );
    };
    const fire = () => {
      void post(source);
      next();
    };
    next();
  };

  const post = async (source: KubernetesObject) => {
    const { name, namespace = "" } = source.metadata;
    const url = resolve(source.spec.sink, namespace);
    if (url === undefined) return log({ msg: "ping without a sink", source: name });
    const outcome = await deliver(url, { event: pingEvent(source), headers: {} }, PATIENCE, signal);
    if (!outcome.ok && !signal.aborted) log({ msg: "ping given up", source: name, url, code: outcome.code });
  };

  const unwatch = store.watch(RESOURCE, ({ type, object, previous }) => {
    if (type === "MODIFIED" && previous?.metadata.generation === object.metadata.generation) return;
    stop(object);
    if (type !== "DELETED") schedule(object);
  });
  for (const source of store.list(RESOURCE)) schedule(source);

  return {
    close: () => {
      unwatch();
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}

/** Says why a PingSource never fires, or undefined. */
export function pingProblem(spec: KubernetesObject["spec"]): string | undefined {
  try {
    cronOf(spec);
    return undefined;
  } catch (error) {
    return (error as Error).message; // reason: croner throws Errors only
  }
}

// PingSource's own defaults: every minute, in UTC.
function cronOf(spec: KubernetesObject["spec"]): Cron {
  return new Cron(spec?.schedule ?? "* * * * *", { timezone: spec?.timezone ?? "UTC" });
}

function pingEvent({ metadata, ...source }: KubernetesObject): CloudEvent {
  const { contentType, data, ceOverrides } = source.spec;
  const attributes = {
    specversion: "1.0",
    id: randomUUID(),
    source: `/apis/v1/namespaces/${metadata.namespace}/pingsources/${metadata.name}`,
    type: "dev.knative.sources.ping",
    time: new Date().toISOString(),
    ...ceOverrides?.extensions,
  };
  const bytes = Buffer.from(data ?? "");
  return contentType === undefined ? { attributes, data: bytes } : { attributes, contentType, data: bytes };
}
