import { setTimeout as delay } from "node:timers/promises";
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from "express";
import type { Connection } from "./connection.ts";
import { FaultError, type Faults, parseFault } from "./faults/index.ts";
import { HttpError } from "./http-error.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { PeerError } from "./peer.ts";

export interface Reply {
  /** 200 unless said. */
  status?: number;
  body: unknown;
}

export interface Route {
  method: "get" | "post";
  /** An express path pattern; also the label `route` of the metrics. */
  path: string;
  handle(request: Request): Reply | Promise<Reply>;
}

export interface ServerParts {
  name: string;
  version: string;
  routes: readonly Route[];
  connection: Connection;
  faults: Faults;
  log: Log;
  metrics: Metrics;
  /** Done before each request of a route. */
  work(): void;
  isStopping(): boolean;
}

/** Less than the kubelet's probe timeout of one second, so that the probe hears 503 and not silence. */
const readinessTimeoutMilliseconds = 400;

/** The express app: its routes, metered and breakable, beside health, metrics and fault switches, which never break. */
export function createServer(parts: ServerParts): Express {
  const { name, version, connection, faults, metrics } = parts;
  const app = express();
  app.disable("x-powered-by");
  app.use(express.json({ limit: "16kb" }));

  app.get("/health/live", (_request, response) => {
    response.json({ status: "live", app: name, version });
  });
  app.get("/health/ready", async (_request, response) => {
    const reason = await unreadiness(parts, connection);
    response.status(reason ? 503 : 200).json(reason ? { status: "unready", reason } : { status: "ready" });
  });
  app.get("/metrics", async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  app.get("/faults", (_request, response) => {
    response.json(faults.active);
  });
  app.post("/faults", (request, response) => {
    const fault = parseFault(request.body);
    faults.begin(fault);
    response.status(202).json(fault);
  });
  app.delete("/faults", (_request, response) => {
    faults.clear();
    response.status(204).end();
  });

  for (const route of parts.routes) app[route.method](route.path, meter(metrics, route.path), serve(route, parts));
  app.use(meter(metrics, "unmatched"), () => {
    throw new HttpError(404, "no such route");
  });
  app.use(answerError(parts.log));
  return app;
}

async function unreadiness({ faults, isStopping }: ServerParts, connection: Connection): Promise<string | undefined> {
  if (isStopping()) return "stopping";
  if (!faults.isReady) return "fault unready";
  try {
    await connection.roundTrip(readinessTimeoutMilliseconds);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

function meter(metrics: Metrics, route: string): RequestHandler {
  return (request, response, next) => {
    const { method } = request;
    const stop = metrics.duration.startTimer({ method, route });
    // "close" also comes when the caller gave up; then no status was ever sent, and nginx's 499 stands for it.
    response.once("close", () => {
      stop();
      metrics.requests.inc({ method, route, code: response.writableFinished ? String(response.statusCode) : "499" });
    });
    next();
  };
}

function serve(route: Route, { faults, work }: ServerParts): RequestHandler {
  return async (request, response) => {
    const { delayMilliseconds, failWith } = faults.next();
    if (delayMilliseconds > 0) await delay(delayMilliseconds);
    if (failWith !== undefined) throw new HttpError(failWith, "fault errors");
    work();
    const { status = 200, body } = await route.handle(request);
    response.status(status).json(body);
  };
}

function answerError(log: Log): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  return (error, request, response, _next) => {
    const status = statusOf(error);
    if (status >= 500) {
      log("request failed", {
        method: request.method,
        path: request.path,
        status,
        error: error.stack ?? String(error),
      });
    }
    if (response.headersSent) return response.destroy();
    response.status(status).json({ error: status === 500 ? "internal error" : error.message });
  };
}

function statusOf(error: unknown): number {
  if (error instanceof HttpError) return error.status;
  if (error instanceof PeerError) return error.reason === "timeout" ? 504 : 502;
  if (error instanceof FaultError) return 400;
  // body-parser's own errors: malformed or too large JSON.
  const status = error instanceof Error && "status" in error ? Number(error.status) : 500;
  return status >= 400 && status < 500 ? status : 500;
}
