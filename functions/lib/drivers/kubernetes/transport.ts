import http from "node:http";
import https from "node:https";
// Only its kubeconfig: the door of the package leads to a thousand files of models as well.
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { ClusterError } from "./errors.ts";

/** One request to the API server. */
export interface ApiRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
  contentType?: string;
  /** Milliseconds without an answer, or of silence in the middle of one, until the request is given up as `Unavailable`. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** Sends a request; the answer's body is not read yet. Rejects with ClusterError `Unavailable` when there is none. */
export type Transport = (request: ApiRequest) => Promise<http.IncomingMessage>;

/** How long a connection is kept for the next request, in ms: less than the 90 s after which the API server closes it. */
const idleMs = 30_000;

/** The way to the API server, which `load` or the first request looks up. */
export interface LateTransport {
  transport: Transport;
  /** Throws when there is nobody to talk to. */
  load(): void;
}

/**
 * The way to the API server, as kubectl finds it: KUBECONFIG, ~/.kube/config, or the pod's service account.
 * Credentials and TLS are client-node's; the request is plain, so that objects stay the JSON that the server sent.
 */
export function kubeconfigTransport(): LateTransport {
  let way: ReturnType<typeof lookUp> | undefined;
  const load = () => {
    way ??= lookUp();
    return way;
  };
  const transport: Transport = async (request) => {
    const { config, server, proxied, open, agent } = load();
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const options: https.RequestOptions = { method: request.method, headers: headersOf(request, body) };
    await config.applyToHTTPSOptions(options);
    // client-node's own agent makes a connection for each request, and keeps its first certificate for ever.
    if (!proxied) options.agent = agent;
    return send(open, new URL(server + request.path), options, request, body);
  };
  return { transport, load };
}

function lookUp() {
  const config = new KubeConfig();
  config.loadFromDefault();
  const cluster = config.getCurrentCluster();
  if (!cluster?.server) throw new Error("KUBECONFIG: names no cluster to talk to");
  const { Agent, request: open } = cluster.server.startsWith("https:") ? https : http;
  return {
    config,
    server: cluster.server.replace(/\/$/, ""),
    proxied: cluster.proxyUrl !== undefined && cluster.proxyUrl !== "",
    open,
    // It keeps connections apart by certificates and keys, so that renewed ones get their own; tokens go with each request.
    agent: new Agent({ keepAlive: true, timeout: idleMs }),
  };
}

function headersOf(request: ApiRequest, body: string | undefined): http.OutgoingHttpHeaders {
  if (body === undefined) return { accept: "application/json" };
  return {
    accept: "application/json",
    "content-type": request.contentType ?? "application/json",
    // Node leaves it out of a DELETE with a body, and nothing would say where that body ends.
    "content-length": Buffer.byteLength(body),
  };
}

function send(
  open: typeof https.request,
  url: URL,
  options: https.RequestOptions,
  request: ApiRequest,
  body: string | undefined,
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) =>
      reject(new ClusterError("Unavailable", `${request.method} ${url.pathname}: ${cause.message}`, { cause }));
    const outgoing = open(url, request.signal ? { ...options, signal: request.signal } : options, resolve);
    outgoing.on("error", fail);
    const { timeoutMs } = request;
    if (timeoutMs) {
      const giveUp = () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`));
      // Node's own counts from the connection on, and is for silence in the middle of an answer.
      outgoing.setTimeout(timeoutMs, giveUp);
      const timer = setTimeout(giveUp, timeoutMs);
      for (const end of ["response", "close"]) outgoing.once(end, () => clearTimeout(timer));
    }
    outgoing.end(body);
  });
}
