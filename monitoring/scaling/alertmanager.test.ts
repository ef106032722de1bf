import { expect, test } from "vitest";
import { parse } from "yaml";
import { scaleAlertmanager, withReceivers, withWebhooksOf } from "./alertmanager.ts";

test("routes are scaled at every depth, and every webhook goes to receive", () => {
  const routes = `
route:
  group_wait: 5s
  group_interval: 30s
  repeat_interval: 5m
  routes: [{ matchers: [a="b"], group_wait: 0s, repeat_interval: 1m }]
receivers:
  - name: autoheal
    webhook_configs:
      - url: http://receive/alerts
        max_alerts: 0
        http_config: { authorization: { credentials_file: secrets/token } }
`;
  const webhook = { url: "http://127.9.1.1:8080/alerts", credentialsFile: "token" };
  expect(parse(scaleAlertmanager(routes, 20, webhook))).toEqual({
    route: {
      group_wait: "250ms",
      group_interval: "1500ms",
      repeat_interval: "15s",
      routes: [{ matchers: ['a="b"'], group_wait: "0s", repeat_interval: "3s" }],
    },
    receivers: [
      {
        name: "autoheal",
        webhook_configs: [
          {
            url: webhook.url,
            max_alerts: 0,
            http_config: { authorization: { credentials_file: webhook.credentialsFile } },
          },
        ],
      },
    ],
  });
});

test("an overlay's receivers take the place of those that are there, and nothing else changes", () => {
  const overlaid = withReceivers(
    "route: { receiver: a } # why\nreceivers: [{ name: a }]",
    "receivers: [{ name: a, b: 1 }]",
  );
  expect(parse(overlaid)).toEqual({ route: { receiver: "a" }, receivers: [{ name: "a", b: 1 }] });
});

test("where a proxy is named, webhooks go through it", () => {
  const routes = "receivers: [{ name: a, webhook_configs: [{ url: x, http_config: { follow_redirects: false } }] }]";
  const webhook = { url: "http://receive.autoheal/alerts", proxyUrl: "http://10.0.0.1:80" };
  const [{ webhook_configs: configs }] = parse(scaleAlertmanager(routes, 20, webhook)).receivers;
  expect(configs).toEqual([
    { url: webhook.url, http_config: { follow_redirects: false, proxy_url: "http://10.0.0.1:80" } },
  ]);
});

test("both ways in: a receiver posts to each, and one without webhooks stays as it is", () => {
  const direct = "receivers: [{ name: nobody }, { name: a, webhook_configs: [{ url: direct }] }]";
  const broker = "receivers: [{ name: nobody }, { name: a, webhook_configs: [{ url: broker }] }]";
  expect(parse(withWebhooksOf(direct, broker)).receivers).toEqual([
    { name: "nobody" },
    { name: "a", webhook_configs: [{ url: "direct" }, { url: "broker" }] },
  ]);
});
