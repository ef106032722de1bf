import { type Document, isMap, isScalar, parse, parseDocument, visit } from "yaml";
import { scaleDuration } from "./duration.ts";

/** Where Alertmanager posts, and the file that holds the bearer token for it; a Broker takes none. */
export interface Webhook {
  url: string;
  credentialsFile?: string;
  /** Posts through this HTTP proxy: the cluster's ingress, which knows names that are known only inside. */
  proxyUrl?: string;
}

/** An Alertmanager configuration with every duration divided by `timeScale`, whose webhooks post to `webhook`. */
export function scaleAlertmanager(yaml: string, timeScale: number, webhook: Webhook): string {
  const document = parseDocument(yaml);
  if (document.errors[0] !== undefined) throw document.errors[0];
  const scale = (duration: string) => scaleDuration(duration, timeScale);
  const changes: Record<string, (value: string) => string> = {
    resolve_timeout: scale,
    group_wait: scale,
    group_interval: scale,
    repeat_interval: scale,
    url: () => webhook.url,
    credentials_file: (file) => webhook.credentialsFile ?? file,
  };
  visit(document, {
    Pair(_, pair) {
      // The keys and values of a parsed document are nodes; only scalar ones are changed.
      const { key, value } = pair as { key: { value?: unknown }; value: { value?: unknown } | null };
      const change = typeof key.value === "string" ? changes[key.value] : undefined;
      if (change !== undefined && value !== null && value.value !== undefined)
        value.value = change(String(value.value));
    },
  });
  if (webhook.proxyUrl !== undefined) setProxy(document, webhook.proxyUrl);
  return document.toString({ lineWidth: 0 });
}

function setProxy(document: Document, proxyUrl: string): void {
  visit(document, {
    Pair(_, { key, value }) {
      if (isScalar(key) && key.value === "http_config" && isMap(value)) value.set("proxy_url", proxyUrl);
    },
  });
}

/** The same configuration with the receivers of an overlay in place of its own. */
export function withReceivers(yaml: string, overlay: string): string {
  const document = parseDocument(yaml);
  document.set("receivers", parse(overlay).receivers);
  return document.toString({ lineWidth: 0 });
}

/** Both ways in at once: the webhooks of the other configuration's receivers beside those of the same name. */
export function withWebhooksOf(yaml: string, other: string): string {
  const document = parseDocument(yaml);
  const { receivers }: { receivers: Receiver[] } = document.toJS();
  const others: Receiver[] = parse(other).receivers;
  const both = receivers.map((receiver) => {
    const more = others.find(({ name }) => name === receiver.name)?.webhook_configs ?? [];
    const webhooks = [...(receiver.webhook_configs ?? []), ...more];
    return webhooks.length > 0 ? { ...receiver, webhook_configs: webhooks } : receiver;
  });
  document.set("receivers", both);
  return document.toString({ lineWidth: 0 });
}

interface Receiver {
  name: string;
  webhook_configs?: object[];
}
