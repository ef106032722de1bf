/** Writes rules and routes at another pace, for a cluster where AutoHeal is tried out. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readOptions } from "../scripts/options.ts";
import {
  readPace,
  scaleAlertmanager,
  scaleRules,
  type Webhook,
  withReceivers,
  withWebhooksOf,
} from "./scaling/index.ts";

const help = `npm run scaled -- --out DIR (--receive-url URL --token-file FILE | --broker-url URL)
                      [--proxy-url URL] [--time-scale N] [--shortest-range DURATION]

Writes DIR/rules/*.yaml for Prometheus and DIR/alertmanager.yml: those of monitoring/, at another pace.

  --time-scale N             durations are divided by N, 1 to 30 (default 10)
  --shortest-range DURATION  but no rate of a container's CPU or memory looks over less than this (default 60s: a kubelet
                             renews them every 10 to 20 s); a rule for which that matters is slower as a whole
  --receive-url URL          where Alertmanager posts: receive's /alerts
  --token-file FILE          the bearer token for it: a file that Alertmanager reads
  --proxy-url URL            it posts through this HTTP proxy: the cluster's ingress, where Alertmanager runs outside and does
                             not know receive's name
  --broker-url URL           it posts to this Broker's ingress, as a CloudEvent (Alertmanager 0.29 and newer): instead, or, where
                             --receive-url is said too, as well
`;

function main(): void {
  const text = { type: "string" } as const;
  const { values } = readOptions({
    options: {
      help: { type: "boolean", short: "h" },
      out: text,
      "time-scale": { type: "string", default: "10" },
      "shortest-range": { type: "string", default: "60s" },
      "receive-url": text,
      "token-file": text,
      "broker-url": text,
      "proxy-url": text,
    },
  });
  if (values.help) {
    console.log(help);
    return;
  }
  const pace = readPace(values["time-scale"], values["shortest-range"]);
  const {
    out,
    "receive-url": receiveUrl,
    "token-file": credentialsFile,
    "broker-url": brokerUrl,
    "proxy-url": proxyUrl,
  } = values;
  if (out === undefined) throw new Error("--out is missing: the folder to write to");
  const routes = read("alertmanager/alertmanager.yaml");
  const scaled = (yaml: string, webhook: Webhook) => scaleAlertmanager(yaml, pace.timeScale, webhook);
  const direct =
    receiveUrl !== undefined && credentialsFile !== undefined
      ? scaled(routes, { url: receiveUrl, credentialsFile, ...(proxyUrl === undefined ? {} : { proxyUrl }) })
      : undefined;
  const byBroker =
    brokerUrl !== undefined
      ? scaled(withReceivers(routes, read("alertmanager/receivers-broker.yaml")), { url: brokerUrl })
      : undefined;
  const alertmanager = direct && byBroker ? withWebhooksOf(direct, byBroker) : (direct ?? byBroker);
  if (!alertmanager)
    throw new Error("expected --receive-url and --token-file, or --broker-url: where Alertmanager posts");
  mkdirSync(join(out, "rules"), { recursive: true });
  for (const name of readdirSync(join(import.meta.dirname, "rules"))) {
    writeFileSync(join(out, "rules", basename(name)), scaleRules(read(`rules/${name}`), pace));
  }
  writeFileSync(join(out, "alertmanager.yml"), alertmanager);
  console.log(
    `${out}: rules and routes, ${pace.timeScale} times faster, ranges of at least ${values["shortest-range"]}`,
  );
}

function read(path: string): string {
  return readFileSync(join(import.meta.dirname, path), "utf8");
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
