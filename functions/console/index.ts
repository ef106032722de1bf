import { connectCluster } from "@autoheal/lib/drivers/kubernetes";
import type { Incident } from "@autoheal/lib/incident";
import { derivedMetrics, readConfig, start, text } from "@autoheal/lib/runtime";
import { accessBy, tokens } from "./access.ts";
import { openFeed } from "./feed.ts";
import { addIncidentMetrics } from "./metrics.ts";
import icon from "./page/look/icon.svg";
import { css } from "./page/look/index.ts";
import { addRoutes } from "./routes.ts";
import { openStreams } from "./stream.ts";

void start("console", (environment, log) => {
  const config = readConfig(environment, {
    tokens: tokens("AUTOHEAL_CONSOLE_TOKENS"),
    ownNamespace: text("AUTOHEAL_NAMESPACE", "autoheal"),
  });
  const now = () => new Date();
  const cluster = connectCluster();
  const streams = openStreams(now);
  // A stream never ends by itself: without this, the process would wait for its clients to go.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => streams.close());
  return {
    load: cluster.load,
    metrics: derivedMetrics(async (registry) =>
      addIncidentMetrics(registry, await cluster.list<Incident>("incidents")),
    ),
    routes: (web) =>
      addRoutes(web, {
        cluster,
        ownNamespace: config.ownNamespace,
        access: accessBy(config.tokens, now),
        feed: openFeed(cluster, config.ownNamespace, log, now),
        streams,
        assets: { css, icon },
        log,
        now,
      }),
  };
});
