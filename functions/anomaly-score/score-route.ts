import type { Log, Tokens, Web, WebNext, WebRequest, WebResponse } from "@autoheal/lib/runtime";
import { admits, jsonBody, limitCallers } from "@autoheal/lib/runtime";
import { answerOf } from "./answer.ts";
import type { Outcome } from "./ask.ts";
import { type Asked, type Parsed, parseBody, parseQuery } from "./request.ts";

/** Largest body, uncompressed: a million values as columns. */
const bodyLimit = "16mb";

/** When to try again, in seconds. */
const retryAfterSeconds = 5;

/** What each status says; no other is ever answered. */
const meanings = {
  400: "the question can't be answered as it is",
  401: "a bearer token is needed",
  404: "there is no such workload",
  413: `the body is larger than ${bodyLimit}`,
  415: "expected application/json in UTF-8, as it is or by gzip",
  429: "too many requests",
  503: "what the answer needs is away, try again",
} as const;

/** What the routes work with. */
export interface Doors {
  ask: (asked: Asked) => Promise<Outcome>;
  tokens: Tokens;
  requestsPerMinute: number;
  log: Log;
  /** ms since the epoch. */
  now: () => number;
}

/** Serves `GET /score`, `POST /score` and, to anybody, `GET /openapi.json`. */
export function serveScore(web: Web, { ask, tokens, requestsPerMinute, log, now }: Doors): void {
  const refuse = (response: WebResponse, status: keyof typeof meanings, at?: readonly string[]) => {
    if (status === 401) response.setHeader("www-authenticate", "Bearer");
    if (status === 503) response.setHeader("retry-after", retryAfterSeconds);
    response.status(status).json({ error: meanings[status], ...(at ? { at } : {}) });
  };
  const admit = async (request: WebRequest, response: WebResponse, next: WebNext) => {
    if (admits(await tokens(), request.headers.authorization)) return next();
    refuse(response, 401);
  };
  const limit = limitCallers(requestsPerMinute, (_request, response) => refuse(response, 429));
  const wantJson = (request: WebRequest, response: WebResponse, next: WebNext) => {
    if (request.is("application/json") === false) return refuse(response, 415);
    next();
  };

  const respond = async (response: WebResponse, parsed: Parsed) => {
    if (!parsed.ok) return refuse(response, 400, parsed.at);
    const { asked } = parsed;
    const begun = now();
    const outcome = await ask(asked);
    const of = "workload" in asked.of ? { workload: asked.of.workload } : {};
    const milliseconds = now() - begun;
    if (outcome.kind !== "scored") {
      log.warn({ ...of, kind: outcome.kind, why: outcome.why, milliseconds }, "not scored");
      return refuse(response, statuses[outcome.kind], [outcome.why]);
    }
    log.info({ ...of, verdict: outcome.score.verdict, milliseconds }, "scored");
    response.json(answerOf(outcome.score, outcome.prepared, { ...of, points: asked.points }));
  };
  // Four parameters, by which Express tells the handler of errors.
  const failed = (error: unknown, _request: WebRequest, response: WebResponse, _next: WebNext) => {
    const status = statusOf(error);
    if (status === 503) log.error({ error }, "not scored");
    refuse(response, status, status === 400 ? ["body: expected JSON"] : undefined);
  };

  const guards = [admit, limit];
  web.get(
    "/score",
    ...guards,
    (request: WebRequest, response: WebResponse) => respond(response, parseQuery(request.query)),
    failed,
  );
  web.post(
    "/score",
    ...guards,
    wantJson,
    jsonBody(bodyLimit),
    (request: WebRequest, response: WebResponse) => respond(response, parseBody(request.body)),
    failed,
  );
  web.get("/openapi.json", async (_request, response) => {
    const { openApi } = await import("./openapi.ts");
    response.json(openApi());
  });
}

const statuses = { wrong: 400, notFound: 404, away: 503 } as const;

/** Of the errors of reading a body; everything else is ours, and worth another try. */
function statusOf(error: unknown): 400 | 413 | 415 | 503 {
  const status = typeof error === "object" && error !== null && "status" in error ? error.status : undefined;
  return status === 400 || status === 413 || status === 415 ? status : 503;
}
