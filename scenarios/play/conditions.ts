import type { Condition } from "../format/index.ts";
import { latestIncident } from "../verdict/index.ts";
import type { Observer } from "./observer.ts";
import { deadline, milliseconds, type Stage } from "./stage.ts";

/** A condition was waited for in vain. */
export class WaitError extends Error {
  override name = "WaitError";
}

/** How long a condition is waited for where it does not say, in production's seconds. */
const defaultWithinSeconds = 20 * 60;

const lookEveryMs = 200;

/** Looks until `holds` says yes; throws WaitError after `deadlineMs`, and the reason of `stop` once that is given. */
export async function until(
  what: string,
  deadlineMs: number,
  holds: () => Promise<boolean> | boolean,
  stop?: AbortSignal,
): Promise<void> {
  const end = Date.now() + deadlineMs;
  let last = "";
  for (;;) {
    stop?.throwIfAborted();
    try {
      if (await holds()) return;
      last = "";
    } catch (error) {
      last = `: ${error instanceof Error ? error.message : error}`;
    }
    if (Date.now() > end) throw new WaitError(`waited in vain for ${what}, ${Math.round(deadlineMs / 1000)} s${last}`);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

/** Waits until a condition holds; throws WaitError when it does not within its time. */
export async function waitFor(stage: Stage, observer: Observer, { within, ...condition }: Condition): Promise<void> {
  const what = JSON.stringify(condition);
  await until(what, deadline(stage, within ?? defaultWithinSeconds), probeOf(stage, observer, condition), stage.stop);
}

function probeOf(stage: Stage, observer: Observer, condition: Condition): () => Promise<boolean> | boolean {
  const { available, steady, incident, alert, object } = condition;
  if (available) return () => areAvailable(stage, available);
  if (steady !== undefined) return steadyFor(stage, milliseconds(stage, steady));
  if (incident) return () => isSo(observer, incident);
  if (alert) return () => isHeld(stage, alert);
  if (object) return () => hasValue(stage, object);
  throw new Error("a condition of no kind"); // reason: the format lets none through
}

async function areAvailable({ target, namespace }: Stage, names: readonly string[]): Promise<boolean> {
  const deployments = await target.kubernetes.list("Deployment", namespace);
  return names.every((name) => {
    const found = deployments.find(({ metadata }) => metadata.name === name);
    if (!found) return false;
    const { observedGeneration = 0, updatedReplicas = 0, availableReplicas = 0, replicas = 0 } = found.status ?? {};
    const wanted = found.spec.replicas ?? 1;
    return (
      observedGeneration >= (found.metadata.generation ?? 1) &&
      updatedReplicas === wanted &&
      availableReplicas === wanted &&
      replicas === wanted
    );
  });
}

/** Remembers since when requests came and none failed. */
function steadyFor(stage: Stage, forMs: number): () => Promise<boolean> {
  const { target, namespace } = stage;
  const window = `${Math.round(milliseconds(stage, 120))}ms`;
  const rate = (more: string) => `sum(rate(http_requests_total{namespace="${namespace}"${more}}[${window}]))`;
  const query = `(${rate("")} > 0.5) unless (${rate(',code=~"5.."')} > 0)`;
  let since: number | undefined;
  return async () => {
    const answer = (await target.prometheus(`/api/v1/query?query=${encodeURIComponent(query)}`)) as {
      data: { result: unknown[] };
    }; // reason: Prometheus' HTTP API
    since = answer.data.result.length > 0 ? (since ?? Date.now()) : undefined;
    return since !== undefined && Date.now() - since >= forMs;
  };
}

function isSo(observer: Observer, wanted: NonNullable<Condition["incident"]>): boolean {
  const state = latestIncident(observer.seen().states, wanted.of).at(-1);
  return (["phase", "cause", "hold", "outcome"] as const).every(
    (key) => state !== undefined && (wanted[key] === undefined || state[key] === wanted[key]),
  );
}

async function isHeld(
  { target, namespace }: Stage,
  { name, state }: NonNullable<Condition["alert"]>,
): Promise<boolean> {
  const filter = [`alertname="${name}"`, `namespace="${namespace}"`].map((one) => `filter=${encodeURIComponent(one)}`);
  const alerts = (await target.alertmanager("GET", `/api/v2/alerts?${filter.join("&")}`)) as {
    status: { state: string };
  }[]; // reason: Alertmanager's API v2
  return alerts.some(({ status }) => status.state === state);
}

async function hasValue({ target, namespace }: Stage, wanted: NonNullable<Condition["object"]>): Promise<boolean> {
  const { at, is, ...ref } = wanted;
  const found = await target.kubernetes.get({ ...ref, namespace });
  // biome-ignore lint/suspicious/noExplicitAny: any field of any kind of object.
  return at.split(".").reduce((value: any, key) => value?.[key], found) === is;
}
