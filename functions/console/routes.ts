/** What the console answers at which path. */
import type { IncomingMessage } from "node:http";
import { type Cluster, ClusterError } from "@autoheal/lib/drivers/kubernetes";
import type { Incident } from "@autoheal/lib/incident";
import { coalesced, type Log, type Web, type WebRequest, type WebResponse } from "@autoheal/lib/runtime";
import { type Access, cookieName, sessionSeconds } from "./access.ts";
import type { Feed, Update } from "./feed.ts";
import { observe } from "./observe.ts";
import { follow } from "./page/client.ts";
import { renderAway, renderLogin, renderMessage, renderPage, statusParts, storyParts } from "./page/page.ts";
import { type Status, statusOf } from "./status.ts";
import { type Story, storyOf } from "./story.ts";
import { type StreamEvent, type Streams, streamEvent } from "./stream.ts";
import { durationText } from "./words.ts";

/** What the routes need. */
export interface Console {
  cluster: Cluster;
  ownNamespace: string;
  access: Access;
  feed: Feed;
  streams: Streams;
  assets: { css: string; icon: string };
  log: Log;
  now: () => Date;
}

/** Everything comes from this origin, nothing is inline, and nobody may frame it. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** More at once is no console any more, but a load. */
const mostStreams = 200;

/** Adds the console's routes. */
export function addRoutes(web: Web, console: Console): void {
  web.use((_request, response, next) => {
    response.set({
      "content-security-policy": policy,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      vary: "accept",
    });
    next();
  });
  addAssets(web, console);
  addLogin(web, console);
  web.use((request, response, next) => {
    const verdict = console.access.verdict(request.headers);
    if (verdict === "granted") return next();
    if (verdict === "foreign-host") {
      const text = "Without AUTOHEAL_CONSOLE_TOKENS the console answers only on loopback and inside the cluster.";
      return answer(request, response, 403, { error: text }, () => renderMessage("Not from here", text));
    }
    response.set("www-authenticate", "Bearer");
    answer(request, response, 401, { error: "a token is needed" }, () => renderLogin(false));
  });
  addStatus(web, console);
  addStory(web, console);
  addLive(web, console);
  web.use((request, response) => {
    const text = `Nothing is served at ${request.path}.`;
    answer(request, response, 404, { error: text }, () => renderMessage("Not found", text));
  });
}

function addAssets(web: Web, { assets }: Console): void {
  const script = `(${follow})(${durationText});\n`;
  web.get("/assets/page.css", (_request, response) => void response.type("css").send(assets.css));
  web.get("/assets/page.js", (_request, response) => void response.type("js").send(script));
  web.get("/assets/icon.svg", (_request, response) => void response.type("svg").send(assets.icon));
}

function addLogin(web: Web, { access, log }: Console): void {
  if (!access.tokens) return;
  web.post("/login", async (request, response) => {
    const session = access.login(new URLSearchParams(await smallBody(request)).get("token") ?? "");
    if (session === undefined) {
      log.warn({}, "login refused");
      return void response.status(401).send(renderLogin(true));
    }
    setSession(request, response, session, sessionSeconds);
    response.redirect(303, "/");
  });
  web.post("/logout", (request, response) => {
    setSession(request, response, "", 0);
    response.redirect(303, "/");
  });
}

function addStatus(web: Web, console: Console): void {
  // Reading and telling the whole cluster is work: who asks while it is done for others gets what they get, if it is not older.
  const together = coalesced();
  const look = () =>
    together("status", async () => {
      const status = statusOf(await observe(console.cluster, console.ownNamespace), console.now());
      const json = once(() => JSON.stringify(status));
      const page = once(() => renderPage(statusParts(status), "/live?view=page", console.access.tokens));
      return { json, page };
    });
  web.get("/", async (request, response) => {
    const told = await known(request, response, console, look);
    if (told) answerText(request, response, 200, told.json, told.page);
  });
}

function addStory(web: Web, console: Console): void {
  web.get("/incidents/:namespace/:name", async (request, response) => {
    const { namespace, name } = request.params;
    const notFound = () =>
      answer(request, response, 404, { error: "there is no such incident" }, () =>
        renderMessage(
          "Not found",
          `There is no incident ${name} in namespace ${namespace}; closed ones are kept 30 days.`,
        ),
      );
    if (!isName(namespace) || !isName(name)) return notFound();
    const story = await known(request, response, console, async () => {
      const incident = await console.cluster.get<Incident>("incidents", namespace, name);
      return incident ? storyOf(incident) : "none";
    });
    if (story === "none") return notFound();
    if (!story) return;
    const source = `/live?view=page&incident=${namespace}/${name}`;
    const page = () => renderPage(storyParts(story, console.now().toISOString()), source, console.access.tokens);
    answer(request, response, 200, story, page);
  });
}

/** Pushes `status` (JSON), or with `view=page` `page` (the parts to swap), of one incident with `incident=<namespace>/<name>`. */
function addLive(web: Web, { feed, streams, log }: Console): void {
  // Express gives HEAD to the route of GET, where it would hold a stream that nobody reads.
  web.head("/live", (_request, response) => void response.type("text/event-stream").end());
  const eventFor = eventsOf();
  web.get("/live", (request, response) => {
    if (streams.size >= mostStreams) {
      return void response.status(503).json({ error: `${mostStreams} are connected already` });
    }
    const view = request.query.view === "page" ? "page" : "status";
    const incident = typeof request.query.incident === "string" ? request.query.incident : undefined;
    streams.open(response, (push) => {
      log.debug({ streams: streams.size }, "stream opened");
      return feed.listen((update) => push(eventFor(update, view, incident)));
    });
  });
}

/** The event that tells an update, put together once for all who look at the same. */
function eventsOf() {
  const known = new WeakMap<Update, Map<string, StreamEvent>>();
  return (update: Update, view: "page" | "status", incident: string | undefined): StreamEvent => {
    const events = known.get(update) ?? new Map<string, StreamEvent>();
    const key = `${view} ${incident ?? ""}`;
    const event = events.get(key) ?? eventOf(update, view, incident);
    known.set(update, events.set(key, event));
    return event;
  };
}

function eventOf(update: Update, view: "page" | "status", incident: string | undefined): StreamEvent {
  if (update.kind === "away") return streamEvent("away", awayOf(update.error));
  const { status } = update;
  if (incident === undefined) return streamEvent(view, view === "page" ? statusParts(status) : status);
  const story = storiesIn(status).find(({ namespace, name }) => `${namespace}/${name}` === incident);
  // What closed long ago is not in the status, and changes no more.
  if (!story) return streamEvent("unchanged", status.at);
  return streamEvent(view, view === "page" ? storyParts(story, status.at) : story);
}

function storiesIn(status: Status): Story[] {
  return [...status.workloads.flatMap(({ incidents, closed }) => [...incidents, ...closed]), ...status.unknownTargets];
}

/** What was read, or undefined after the answer 503 when the API server does not let us know. */
async function known<T>(
  request: WebRequest,
  response: WebResponse,
  { log, now }: Console,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error;
    log.warn({ error }, "status not known");
    const away = awayOf(error);
    response.set("retry-after", "5");
    answer(request, response, 503, { error: away.message, reason: away.reason }, () =>
      renderAway(away.message, now().toISOString()),
    );
    return undefined;
  }
}

function awayOf(error: unknown): { reason: string; message: string } {
  const reason = error instanceof ClusterError ? error.reason : "Unavailable";
  if (reason === "Forbidden") return { reason, message: "The console has no right to read the cluster." };
  if (reason === "NotFound") return { reason, message: "AutoHeal's custom resources are not installed." };
  return { reason, message: "The Kubernetes API does not answer." };
}

/** JSON for programs, the page for people. */
function answer(request: WebRequest, response: WebResponse, code: number, data: unknown, page: () => string): void {
  answerText(request, response, code, () => JSON.stringify(data), page);
}

function answerText(
  request: WebRequest,
  response: WebResponse,
  code: number,
  json: () => string | Buffer,
  page: () => string | Buffer,
): void {
  const wantsJson = request.query.format === "json" || request.accepts(["html", "json"]) === "json";
  response.status(code);
  if (wantsJson) response.type("json").send(json());
  else response.type("html").send(page());
}

/** Puts a text together when it is first asked for, and keeps it as bytes, which all who are sent them share. */
function once(text: () => string): () => Buffer {
  let known: Buffer | undefined;
  return () => {
    known ??= Buffer.from(text());
    return known;
  };
}

function setSession(request: WebRequest, response: WebResponse, value: string, seconds: number): void {
  const secure = request.get("x-forwarded-proto") === "https" ? "; Secure" : "";
  response.append(
    "set-cookie",
    `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}`,
  );
}

/** The body of a login: never long. Rejects with status 413 when it is. */
async function smallBody(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) {
    text += chunk;
    if (text.length > 4096) throw Object.assign(new Error("the body is too long"), { status: 413 });
  }
  return text;
}

/** Names as Kubernetes has them (RFC 1123 subdomain): nothing else reaches a path of its API. */
function isName(text: string | undefined): text is string {
  return (
    text !== undefined && text.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(text) && !text.includes("..")
  );
}
