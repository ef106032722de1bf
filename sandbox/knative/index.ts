/**
 * Knative as far as AutoHeal uses it: Brokers and Triggers with the in-memory channel's promises (at least once, no
 * order, forgotten on a restart), PingSources, SinkBindings, and functions that are processes scaled from and to zero.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Store } from "../api/index.ts";
import { activator } from "./activator.ts";
import { createBrokers, type IngressInterceptor, type Interceptor } from "./brokers.ts";
import { resolver } from "./destination.ts";
import { type FunctionProcess, functionProcess } from "./function-process.ts";
import { runPingSources } from "./ping-sources.ts";
import { keepReadiness } from "./readiness.ts";
import { sinkEnv } from "./sink-binding.ts";

export type { IngressInterceptor, Interceptor } from "./brokers.ts";
export { filterProblem, takes } from "./filter.ts";

/** One function: its bundle, and the environment that a pod of it would have besides HOST, PORT and K_SINK. */
export interface SandboxFunction {
  name: string;
  entry: string;
  env: Record<string, string>;
  /** A ConfigMap of the functions' namespace whose data come into the environment, read at each start; `env` wins. */
  configMap?: string;
}

/** How the sandbox's Knative is started. */
export interface KnativeOptions {
  /** The loopback network, such as "127.42". */
  subnet: string;
  store: Store;
  functions: readonly SandboxFunction[];
  /** Where the functions live; "autoheal" if not given. */
  namespace?: string;
  /** Divides PingSource intervals, back-off delays and the idle window, never timeouts of requests; 1 if not given. */
  timeScale?: number;
  /** How long a function may be idle; 10 s through timeScale, but at least 2 s, if not given. */
  windowMs?: number;
  /** A folder for the functions' logs; a temporary one that goes on close if not given. */
  stateDir?: string;
  /** Told of deliveries that were given up. */
  log?: (fields: Record<string, unknown>) => void;
}

/** The running Knative of a sandbox. */
export interface Knative {
  ingressUrl(namespace: string, broker: string): string;
  /** The stable address of a function, without a slash at the end. */
  urlOf(functionName: string): string;
  /** The function's process, or undefined while it is scaled to zero. */
  pidOf(functionName: string): number | undefined;
  /** Everything that the function's processes wrote so far. */
  logOf(functionName: string): string;
  /** Lets a test drop, double or delay deliveries; ends with the returned function. */
  onDeliver(interceptor: Interceptor): () => void;
  /** Lets a test lose or refuse what is posted to a Broker; ends with the returned function. */
  onPost(interceptor: IngressInterceptor): () => void;
  /** Deliveries under way, those between two tries included. */
  inFlight(): number;
  close(): Promise<void>;
}

/** Starts the ingress, every function's stable address and the PingSources; no function process yet. */
export async function startKnative(options: KnativeOptions): Promise<Knative> {
  const { subnet, store, namespace = "autoheal", timeScale = 1, log = () => undefined } = options;
  const windowMs = options.windowMs ?? Math.max(2000, 10_000 / timeScale);
  const stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), "autoheal-functions-"));
  const abort = new AbortController();
  const interceptors = new Set<Interceptor>();
  const ingressInterceptors = new Set<IngressInterceptor>();
  const running = new Map<string, { url: string; logFile: string; process: FunctionProcess }>();
  const servers: Server[] = [];

  const ingressUrl = (home: string, broker: string) => `http://${subnet}.0.2:8080/${home}/${broker}`;
  const resolve = resolver({ store, ingressUrl, urlOf: (name) => running.get(name)?.url });
  const shared = { store, resolve, timeScale, log, signal: abort.signal };

  for (const [index, { name, entry, env, configMap }] of options.functions.entries()) {
    const url = `http://${subnet}.1.${index + 1}:8080`;
    const host = `${subnet}.2.${index + 1}`;
    const logFile = join(stateDir, `${name}.log`);
    const process = functionProcess({
      entry,
      host,
      logFile,
      windowMs,
      env: () => ({
        PATH: globalThis.process.env.PATH ?? "",
        K_SERVICE: name,
        ...(configMap === undefined ? {} : store.get("configmaps", namespace, configMap)?.data),
        ...env,
        ...sinkEnv(store, resolve, namespace, name),
      }),
    });
    running.set(name, { url, logFile, process });
    servers.push(await listening(activator(process, host), `${subnet}.1.${index + 1}`));
    announce(store, namespace, name, url);
  }
  const brokers = createBrokers({ ...shared, interceptors, ingressInterceptors });
  servers.push(await listening(brokers.ingress, `${subnet}.0.2`));
  const stopReadiness = keepReadiness(store, resolve, ingressUrl);
  const pings = runPingSources(shared);

  const known = (name: string) => {
    const found = running.get(name);
    if (found === undefined) throw new Error(`no function "${name}" was given to startKnative`);
    return found;
  };
  return {
    ingressUrl,
    urlOf: (name) => known(name).url,
    pidOf: (name) => known(name).process.pid(),
    logOf: (name) => readIfThere(known(name).logFile),
    onDeliver: (interceptor) => {
      interceptors.add(interceptor);
      return () => interceptors.delete(interceptor);
    },
    onPost: (interceptor) => {
      ingressInterceptors.add(interceptor);
      return () => ingressInterceptors.delete(interceptor);
    },
    inFlight: brokers.inFlight,
    close: async () => {
      pings.close();
      stopReadiness();
      abort.abort();
      await Promise.all([...running.values()].map(({ process }) => process.close()));
      await Promise.all(servers.map(closed));
      if (options.stateDir === undefined) rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

// The Service object that `func deploy` would make, so that references to it resolve.
function announce(store: Store, namespace: string, name: string, url: string): void {
  const resource = "services.serving.knative.dev";
  if (store.get(resource, namespace, name) === undefined) {
    const labels = { "function.knative.dev": "true", "function.knative.dev/name": name };
    store.create(resource, {
      apiVersion: "serving.knative.dev/v1",
      kind: "Service",
      metadata: { name, namespace, labels },
      spec: {},
    });
  }
  const status = { url, address: { url }, conditions: [{ type: "Ready", status: "True" }] };
  store.modify(resource, namespace, name, (draft) => Object.assign(draft, { status }), { subresource: "status" });
}

function listening(server: Server, host: string): Promise<Server> {
  const { promise, resolve, reject } = Promise.withResolvers<Server>();
  server.once("error", reject);
  server.listen(8080, host, () => resolve(server));
  return promise;
}

function closed(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
