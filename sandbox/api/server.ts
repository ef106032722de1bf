import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Access } from "./access.ts";
import { serveDiscovery } from "./discovery.ts";
import type { User } from "./rbac.ts";
import { parseRequest, type RequestInfo } from "./request-path.ts";
import { badRequest, StatusError } from "./status-error.ts";
import type { Store } from "./store.ts";
import { type ReadLog, serveEviction, serveLog, serveScale } from "./subresources.ts";
import { type ApiAnswer, type ApiRequest, refusal, selectorOf, serveObject } from "./verbs.ts";
import { serveWatch, statusOf } from "./watch.ts";

/** A request as an interceptor sees it. */
export interface InterceptedRequest
  extends Pick<RequestInfo, "verb" | "resource" | "subresource" | "namespace" | "name"> {
  user: string;
  body: unknown;
}

/**
 * Called before a request is carried out, and again when it is committed but not yet answered. Throwing nothing and
 * returning nothing lets it pass; `drop` cuts the connection; a status is answered instead.
 */
export type Interceptor = (request: InterceptedRequest, phase: "before" | "committed") => Verdict | Promise<Verdict>;

// biome-ignore lint/suspicious/noConfusingVoidType: an interceptor that only looks returns nothing.
type Verdict = void | undefined | { drop: true } | { status: number; message: string };

const ACCESS_REVIEW = "selfsubjectaccessreviews.authorization.k8s.io"; // takes a create and stores nothing
const BODY_LIMIT_BYTES = 3 * 1024 * 1024; // k8s.io/apiserver MaxRequestBodyBytes
const REFUSED_PARAMETERS = ["dryRun", "sendInitialEvents"]; // acting as if they were not there would harm

/** The HTTP face of a store; listening and closing are the caller's. */
export function createApiServer(options: {
  store: Store;
  access: Access;
  readLog: ReadLog;
  interceptors: Set<Interceptor>;
}): Server {
  const { store, access, readLog, interceptors } = options;

  const carryOut = (request: ApiRequest, user: User): ApiAnswer | Promise<ApiAnswer> => {
    const { info } = request;
    if (info.resource === ACCESS_REVIEW) {
      if (info.verb === "create") return access.review(user, request.body);
      throw refusal(info);
    }
    if (info.subresource === undefined) return serveObject(store, request);
    if (info.subresource === "status" && info.kind.status && ["get", "update", "patch"].includes(info.verb)) {
      return serveObject(store, request);
    }
    if (info.subresource === "scale" && info.kind.scale) return serveScale(store, request);
    if (info.resource === "pods" && info.subresource === "log" && info.verb === "get") {
      return serveLog(store, request, readLog);
    }
    if (info.resource === "pods" && info.subresource === "eviction") return serveEviction(store, request);
    throw refusal(info);
  };

  const intercept = async (request: InterceptedRequest, phase: "before" | "committed"): Promise<void> => {
    for (const interceptor of [...interceptors]) {
      const verdict = await interceptor(request, phase);
      if (verdict && "drop" in verdict) throw new Dropped();
      if (verdict) throw new StatusError(verdict.status, reasonOf(verdict.status), verdict.message);
    }
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<ApiAnswer | undefined> => {
    const url = new URL(incoming.url ?? "/", "http://sandbox");
    if (/^\/(healthz|livez|readyz)$/.test(url.pathname)) return serveDiscovery(store, url.pathname);
    const text = await readBody(incoming);
    const user = access.userOf(incoming.headers);
    const info = parseRequest(incoming.method ?? "GET", url, store.kinds());
    if (info === undefined) {
      const found = incoming.method === "GET" ? serveDiscovery(store, url.pathname) : undefined;
      if (found !== undefined) return found;
      throw new StatusError(404, "NotFound", `the sandbox does not serve ${incoming.method} ${url.pathname}`);
    }
    const { verb, group, plural, subresource, namespace } = info;
    const selected = /(?:^|,)metadata\.name==?([^,]+)/.exec(url.searchParams.get("fieldSelector") ?? "")?.[1];
    const name = info.name ?? (verb === "list" || verb === "watch" ? selected : undefined);
    const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
    access.require(user, { verb, group, resource, namespace: namespaceOf(info), name });
    for (const parameter of REFUSED_PARAMETERS) {
      if (url.searchParams.get(parameter)) {
        throw new StatusError(501, "NotImplemented", `the sandbox does not serve the query parameter ${parameter}`);
      }
    }
    const body = parseBody(text);
    const seen = { user: user.name, verb, resource: info.resource, subresource, namespace, name: info.name, body };
    await intercept(seen, "before");
    if (verb === "watch") {
      serveWatch(store, info, url.searchParams, selectorOf(info, url.searchParams), response);
      return undefined;
    }
    const contentType = (incoming.headers["content-type"] ?? "").split(";")[0] ?? "";
    const answer = await carryOut({ info, query: url.searchParams, contentType, body }, user);
    await intercept(seen, "committed");
    return answer;
  };

  const server = createServer((incoming, response) => {
    handle(incoming, response)
      .then((answer) => answer && send(response, answer))
      .catch((error: unknown) => {
        if (error instanceof Dropped) incoming.socket.destroy();
        else send(response, failureOf(error));
      });
  });
  server.keepAliveTimeout = 120_000; // longer than clients keep theirs, so that no request meets a closing connection
  server.requestTimeout = 0; // watches have no end
  return server;
}

class Dropped extends Error {}

// RBAC asks for a Namespace in the namespace itself, so that a Role there can grant it (apiserver's RequestInfo).
const namespaceOf = (info: RequestInfo): string | undefined =>
  info.resource === "namespaces" ? info.name : info.namespace;

function failureOf(error: unknown): ApiAnswer {
  if (error instanceof StatusError) return { code: error.code, body: statusOf(error) };
  const message = `Internal error occurred: ${error instanceof Error ? (error.stack ?? error.message) : error}`;
  return { code: 500, body: statusOf(new StatusError(500, "InternalError", message)) };
}

const REASONS: Record<number, string> = {
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};
const reasonOf = (status: number): string => REASONS[status] ?? "";

function send(response: ServerResponse, { code, body }: ApiAnswer): void {
  if (response.headersSent || response.destroyed) return;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  response.writeHead(code, {
    "content-type": typeof body === "string" ? "text/plain" : "application/json",
    "content-length": Buffer.byteLength(text),
    ...(code === 429 ? { "retry-after": "1" } : {}),
  });
  response.end(text);
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > BODY_LIMIT_BYTES) {
      throw new StatusError(413, "RequestEntityTooLarge", `Request entity too large: limit is ${BODY_LIMIT_BYTES}`);
    }
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseBody(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`the body is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}
