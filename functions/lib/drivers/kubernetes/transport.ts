import http from "node:http";
import https from "node:https";
import { KubeConfig } from "@kubernetes/client-node";
import { ClusterError } from "./errors.ts";

/** One request to the API server. */
export interface ApiRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
  contentType?: string;
  /** Milliseconds until the request is given up as `Unavailable`. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** Sends a request; the answer's body is not read yet. Rejects with ClusterError `Unavailable` when there is none. */
export type Transport = (request: ApiRequest) => Promise<http.IncomingMessage>;

/**
 * The way to the API server, as kubectl finds it: KUBECONFIG, ~/.kube/config, or the pod's service account.
 * Credentials and TLS are client-node's; the request is plain, so that objects stay the JSON that the server sent.
 */
export function kubeconfigTransport(): Transport {
  const config = new KubeConfig();
  config.loadFromDefault();
  const server = config.getCurrentCluster()?.server;
  if (!server) throw new Error("KUBECONFIG: names no cluster to talk to");
  const secure = server.startsWith("https:");
  const agent = secure ? undefined : new http.Agent({ keepAlive: true });
  return async (request) => {
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const options: https.RequestOptions = { method: request.method, headers: headersOf(request, body) };
    if (agent) options.agent = agent;
    await config.applyToHTTPSOptions(options);
    if (agent) options.agent = agent;
    return send(
      secure ? https.request : http.request,
      new URL(server.replace(/\/$/, "") + request.path),
      options,
      request,
      body,
    );
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
    if (request.timeoutMs) {
      outgoing.setTimeout(request.timeoutMs, () =>
        outgoing.destroy(new Error(`no answer within ${request.timeoutMs} ms`)),
      );
    }
    outgoing.end(body);
  });
}
