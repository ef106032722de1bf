import { forestEngines } from "@autoheal/lib/anomaly";
import { alertsNamed, raiseAt } from "@autoheal/lib/drivers/alertmanager";
import { postTo } from "@autoheal/lib/drivers/broker";
import { connectCluster } from "@autoheal/lib/drivers/kubernetes";
import { metricsFrom } from "@autoheal/lib/drivers/prometheus";
import { eventName, type IncomingEvent, pingType } from "@autoheal/lib/event";
import { type Answer, type Context, done, poison, start, tokensOf } from "@autoheal/lib/runtime";
import { alertName } from "./alarm.ts";
import { answer, type Sources } from "./ask.ts";
import { readScoreConfig } from "./config.ts";
import { nothingSaid } from "./request.ts";
import { requestedOf, scoredEvent } from "./requested.ts";
import { serveScore } from "./score-route.ts";
import { tick } from "./tick.ts";

/** Where its own PingSource brings the tick: straight, as no Broker waits so long. */
const tickPath = "/tick";

/** How long one query may take, in ms: a request has to be answered, and a range of days is much to read. */
const queryTimeoutMs = 6_000;

/** How long a tick may take, in ms. */
const tickTimeoutMs = 58_000;

void start("anomaly-score", (environment, log) => {
  const config = readScoreConfig(environment);
  const cluster = connectCluster();
  const { prometheusUrl: url, alertmanagerUrl, windows, defaults, margins, tickSeconds, clusterName } = config;
  const now = () => new Date();
  const sources: Sources = {
    cluster,
    metrics: url ? metricsFrom({ url, ...windows, timeoutMs: queryTimeoutMs }) : undefined,
    engineOf: (name) => forestEngines[name],
    defaults,
    margins,
    now,
  };
  const alertmanager = alertmanagerUrl
    ? { list: alertsNamed(alertmanagerUrl, alertName), raise: raiseAt(alertmanagerUrl) }
    : undefined;
  const post = postTo(config.sink, "/autoheal/anomaly-score");
  if (config.tokens.length === 0 && config.tokensFile === "") log.warn({}, "no token is set: nobody gets in");

  let underWay: Promise<void> | undefined;
  /** A tick asks for no token, and one that took too long comes again: while one is under way, it is that one. */
  const tickOnce = () => {
    underWay ??= tick({ ...sources, alertmanager, tickSeconds, clusterName, log }).finally(() => {
      underWay = undefined;
    });
    return underWay;
  };

  async function handle(event: IncomingEvent, { path, traceparent }: Context): Promise<Answer> {
    if (event.type === pingType && path === tickPath) {
      await tickOnce();
      return done;
    }
    if (eventName(event.type) !== "anomaly.requested") return poison(`anomaly-score takes no ${event.type} at ${path}`);
    const requested = requestedOf(event.data);
    if ("why" in requested) return poison(requested.why);
    const outcome = await answer(sources, { ...nothingSaid, of: { workload: requested.workload } });
    // diagnose decides without a score that can't be had: asking again would only come too late.
    if (outcome.kind !== "scored") log.warn({ subject: event.subject, why: outcome.why }, "not scored");
    else await post(scoredEvent(requested, outcome.score, now()), traceparent);
    return done;
  }

  return {
    load: cluster.load,
    handle,
    paths: ["/", tickPath],
    patienceMs: { [tickPath]: tickTimeoutMs },
    routes: (web) =>
      serveScore(web, {
        ask: (asked) => answer(sources, asked),
        tokens: tokensOf(config.tokens, config.tokensFile),
        requestsPerMinute: config.requestsPerMinute,
        log,
        now: Date.now,
      }),
  };
});
