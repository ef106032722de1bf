import { postTo } from "@autoheal/lib/drivers/broker";
import { flag, list, openRoom, readConfig, start, text, tokensOf, url } from "@autoheal/lib/runtime";
import { bodyLimitBytes, serveAlerts } from "./alerts-route.ts";
import { handleBroker } from "./broker-handler.ts";
import type { Take } from "./take.ts";

void start("receive", (environment, log) => {
  const config = readConfig(environment, {
    sink: url("K_SINK"),
    cluster: text("AUTOHEAL_CLUSTER", ""),
    tokens: list("AUTOHEAL_RECEIVE_TOKENS"),
    tokensFile: text("AUTOHEAL_RECEIVE_TOKENS_FILE", ""),
    broker: flag("AUTOHEAL_RECEIVE_BROKER", false),
  });
  const { cluster, sink } = config;
  const room = openRoom(bodyLimitBytes);
  const post = postTo(sink, "/autoheal/receive");
  const load = async () => (await import("./take.ts")).takeWith({ cluster, post, log, now: Date.now });
  const take: Take = async (...webhook) => (await load())(...webhook);
  if (config.tokens.length === 0 && config.tokensFile === "") log.warn({}, "no token is set: nobody gets in");
  return {
    load,
    ...(config.broker ? { handle: handleBroker(take), paths: ["/broker"], bodyLimitBytes, room } : {}),
    routes: (web) => serveAlerts(web, take, tokensOf(config.tokens, config.tokensFile), room, log),
  };
});
