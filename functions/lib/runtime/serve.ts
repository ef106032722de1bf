import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import express from "express";
import { eventName, type IncomingEvent, pingType } from "../event/index.ts";
import type { Answer } from "./answer.ts";
import { poison } from "./answer.ts";
import { eventOf } from "./cloud-event.ts";
import { checkShape } from "./json-shape.ts";
import type { Log } from "./log.ts";
import { Counter, Histogram, type Metrics, openMetrics } from "./metric.ts";
import { admitBody, inHand, openRoom, type Room } from "./room.ts";
import { nextTraceparent } from "./trace.ts";

/** Longest time a handler may take, in ms; then it is answered 503 and the event comes again. */
const handlerTimeoutMs = 8_000;

/** Longest wait at the end for what is in hand, in ms; who has not sent all of a request by then never will. */
const stopTimeoutMs = 15_000;

/**
 * How long an idle connection is kept, in ms: longer than Go's clients keep theirs (90 s: Knative's proxies, Alertmanager). With
 * Node's 5 s they now and then send a POST into one that is just being closed, and can't send it again.
 */
const keepAliveTimeout = 120_000;

/** Longest time that a request may take to arrive, in ms, and its headers of that: who is slower holds room that others need. */
const arrivalMs = { requestTimeout: 30_000, headersTimeout: 10_000, connectionsCheckingInterval: 5_000 };

/** How long the rest of a request that is answered already may still come, in ms: cut at once, its sender may never read the answer. */
const lingerMs = 1_000;

/** What a handler gets beside its event. */
export interface Context {
  /** The path that the event was posted to. */
  path: string;
  /** The W3C trace context to carry on. */
  traceparent: string;
  log: Log;
}

/** Handles one event. What it throws becomes 503: a dependency is away, or we are wrong, and the event comes again. */
export type Handler = (event: IncomingEvent, context: Context) => Promise<Answer>;

/** A function of AutoHeal: what it is called, how it takes events, and what else it serves. */
export interface FunctionApp {
  name: string;
  log: Log;
  /** Takes the CloudEvents posted to `paths`. */
  handle?: Handler;
  /** Where CloudEvents are taken; `/` when not said. */
  paths?: readonly string[];
  /** Longest time that an event at one of these paths may take, in ms; 8 s where not said. */
  patienceMs?: Readonly<Record<string, number>>;
  /** Largest body of an event; 1 MiB when not said. */
  bodyLimitBytes?: number;
  /** Where bodies of events have to find room; they are bounded by the function's concurrency alone when not said. */
  room?: Room;
  /** Further routes. */
  routes?: (app: express.Express) => void;
  /** Throws a sentence when the function can't do its work at the moment. */
  ready?: () => Promise<void>;
  metrics?: Metrics;
  /** Loads what the first event needs, at leisure: begun when the first probe has its answer. What it throws ends the process. */
  load?: () => unknown;
}

/** A running function. */
export interface Running {
  port: number;
  /** Stops taking requests, and resolves when those in hand are answered, after 15 s at the latest. */
  stop(): Promise<void>;
}

/**
 * Serves a function over HTTP: events, `/health/live`, `/health/ready`, `/metrics`.
 * SIGTERM and SIGINT finish what is in hand and end the process with code 0.
 *
 * Probes are answered by Node's own server. Express and what else the first event needs is loaded once the first of them has
 * its answer: while Knative hears of it and brings the event.
 */
export async function serve(app: FunctionApp, { host, port }: { host: string; port: number }): Promise<Running> {
  let web: express.Express | undefined;
  const loaded = () => {
    web ??= webOf(app);
    return web;
  };
  let waiting = true;
  const server = createServer({ ...arrivalMs, keepAliveTimeout }, async (request, response) => {
    response.once("finish", () => cutUnread(request));
    if (!(await answerProbe(app, request, response))) return loaded()(request, response);
    if (!waiting) return;
    waiting = false;
    setImmediate(() => loadAll(app, loaded));
  });
  server.listen(port, host);
  const unused = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  server.on("request", ({ socket }) => unused.delete(socket));
  await new Promise<void>((resolve, reject) => server.once("listening", resolve).once("error", reject));
  const running: Running = {
    port: (server.address() as AddressInfo).port, // reason: it listens on TCP
    stop: () =>
      new Promise((resolve) => {
        // A connection whose answer ends later would be kept alive for seconds, and the process with it.
        const sweep = setInterval(() => server.closeIdleConnections(), 50);
        const cut = setTimeout(() => server.closeAllConnections(), stopTimeoutMs);
        // To Node a connection is not idle before its first request.
        for (const socket of unused) socket.destroy();
        server.close(() => {
          clearInterval(sweep);
          clearTimeout(cut);
          resolve();
        });
      }),
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => void running.stop().then(() => process.exit(0)));
  }
  // How long after the start of the process: what a start from zero costs is told by each.
  app.log.info({ port: running.port, milliseconds: Math.round(performance.now()) }, "serving");
  return running;
}

/** Ends what its sender has got the answer to and still sends: unread, it would come for as long as he likes. */
function cutUnread(request: IncomingMessage): void {
  if (request.complete) return;
  const cut = setTimeout(() => request.socket.destroy(), lingerMs);
  request.once("end", () => clearTimeout(cut)).once("close", () => clearTimeout(cut));
}

async function loadAll(app: FunctionApp, loadWeb: () => unknown): Promise<void> {
  try {
    loadWeb();
    await app.load?.();
  } catch (error) {
    app.log.error({ error }, "not able to start");
    process.exit(1);
  }
}

/** Answers a probe; false when the request is none. */
async function answerProbe(app: FunctionApp, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  if (request.method !== "GET" && request.method !== "HEAD") return false;
  if (request.url === "/health/live") {
    response.writeHead(204).end();
    return true;
  }
  if (request.url !== "/health/ready") return false;
  try {
    await app.ready?.();
    response.writeHead(204).end();
  } catch (error) {
    response.writeHead(503, { "content-type": "application/json; charset=utf-8" });
    response.end(JSON.stringify({ error: String(error) }));
  }
  return true;
}

/** Everything that is no probe. */
function webOf(app: FunctionApp): express.Express {
  const metrics = app.metrics ?? openMetrics();
  const web = express().disable("x-powered-by").disable("etag");
  web.get("/metrics", async (_request, response) => {
    const { type, text } = await metrics.scrape();
    response.type(type).send(text);
  });
  app.routes?.(web);
  if (app.handle) takeEvents(web, app, app.handle, metrics);
  web.use(((error, _request, response, _next) => {
    const status = Number(error?.status);
    const clientsFault = status >= 400 && status < 500;
    if (!clientsFault) app.log.error({ error }, "request failed");
    if (!response.headersSent)
      response.status(clientsFault ? status : 503).json({ error: clientsFault ? error.message : "try again later" });
  }) satisfies express.ErrorRequestHandler);
  return web;
}

function takeEvents(web: express.Express, app: FunctionApp, handle: Handler, metrics: Metrics): void {
  const answered = metrics.late(
    (registry) =>
      new Counter({
        name: "autoheal_events_total",
        help: "Events handled, by answer.",
        labelNames: ["type", "answer"],
        registers: [registry],
      }),
  );
  const took = metrics.late(
    (registry) =>
      new Histogram({
        name: "autoheal_event_duration_seconds",
        help: "Time from an event to its answer.",
        buckets: [0.005, 0.02, 0.1, 0.5, 2, 8],
        registers: [registry],
      }),
  );
  const limit = app.bodyLimitBytes ?? 2 ** 20;
  const admit = admitBody(app.room ?? openRoom(Number.POSITIVE_INFINITY), limit, (request, response) => {
    app.log.warn({ path: request.path }, "event refused: too much is in hand");
    answered((counter) => counter.inc({ type: "none", answer: "away" }));
    response.status(503).set("retry-after", "5").end();
  });
  const body = express.text({ type: () => true, limit, verify: (_request, _response, bytes) => checkShape(bytes) });
  web.post([...(app.paths ?? ["/"])], admit, body, async (request, response) => {
    const begun = performance.now();
    const event = eventOf(request.headers, request.body);
    const type = "type" in event ? typeLabel(event.type) : "none";
    const answer: Answer | "away" =
      "why" in event
        ? poison(event.why)
        : await attempt(app, (...of) => inHand(request, handle(...of)), event, request.path);
    const seconds = (performance.now() - begun) / 1000;
    const kind = answer === "away" ? "away" : answer.kind;
    if (answer === "away") response.status(503).end();
    else if (answer.kind === "poison") {
      app.log.warn({ type, why: answer.why }, "event refused");
      response.status(400).json({ error: answer.why });
    } else response.status(204).end();
    answered((counter) => counter.inc({ type, answer: kind }));
    took((histogram) => histogram.observe(seconds));
  });
}

async function attempt(
  app: FunctionApp,
  handle: Handler,
  event: IncomingEvent,
  path: string,
): Promise<Answer | "away"> {
  const traceparent = nextTraceparent(event.extensions.traceparent);
  const patienceMs = app.patienceMs?.[path] ?? handlerTimeoutMs;
  const fields = { type: event.type, id: event.id, subject: event.subject, traceparent };
  let timer: NodeJS.Timeout | undefined;
  let late = false;
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      late = true;
      reject(new Error(`no result within ${patienceMs} ms`));
    }, patienceMs);
  });
  try {
    const handling = handle(event, { path, traceparent, log: app.log });
    // It goes on: that it came to nothing after all is told by nobody else.
    handling.catch((error: unknown) => late && app.log.error({ error, ...fields }, "event not handled in the end"));
    return await Promise.race([handling, tooLong]);
  } catch (error) {
    app.log.error({ error, ...fields }, "event not handled");
    return "away";
  } finally {
    clearTimeout(timer);
  }
}

/** An event's type for the metric: whoever can post makes up as many as they like, and each would stay in memory. */
function typeLabel(type: string): string {
  return eventName(type) !== undefined || type === pingType ? type : "other";
}
