import type { Pace } from "../../monitoring/scaling/index.ts";
import type { Kubernetes } from "./kubernetes.ts";

/** Where scenarios are run: a cluster with AutoHeal, Prometheus and Alertmanager in it. These are all the differences between targets. */
export interface Target {
  kubernetes: Kubernetes;
  /** How fast time passes there, against production. */
  pace: Pace;
  /** True where the controllers of Kubernetes that the sandbox has not, such as that of HPAs, are to be played. */
  isSandbox: boolean;
  /** A manifest, or a patch of one, as this target needs it. */
  adapted<T>(manifest: T): T;
  /** Asks a container's port of a pod; resolves to the body's text, rejects on what is not 2xx. */
  callPod(pod: PodRef, method: string, path: string, body?: unknown): Promise<string>;
  /** Asks Prometheus' or Alertmanager's own API; resolves to parsed JSON. */
  prometheus(path: string): Promise<unknown>;
  alertmanager(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Ends what was started for it. */
  close(): Promise<void>;
}

/** A pod that is to be asked. */
export interface PodRef {
  namespace: string;
  name: string;
  ip: string;
}

/** A target can't be used for scenarios; says why. */
export class TargetError extends Error {
  override name = "TargetError";
}

/** The port of every sample app. */
export const appPort = 8080;

/** One request by HTTP; resolves to the body's text, rejects on what is not 2xx. */
export async function ask(url: string, method: string, body?: unknown): Promise<string> {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(5_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status}: ${text.slice(0, 200)}`);
  return text;
}

/** A body that may be empty, as JSON. */
export function parsed(text: string): unknown {
  return text === "" ? undefined : JSON.parse(text);
}

/** Rejects with TargetError unless Prometheus and Alertmanager answer: alerts come from them, never from the runner. */
export async function requireMonitoring({
  prometheus,
  alertmanager,
}: Pick<Target, "prometheus" | "alertmanager">): Promise<void> {
  for (const [name, ready] of [
    ["Prometheus", () => prometheus("/api/v1/query?query=vector(1)")],
    ["Alertmanager", () => alertmanager("GET", "/api/v2/status")],
  ] as const) {
    try {
      await ready();
    } catch (error) {
      throw new TargetError(
        `Scenarios need the real ${name}, which does not answer: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
}
