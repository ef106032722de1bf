import { expect, test } from "vitest";
import type { Status } from "./look.ts";
import { tell } from "./tell.ts";

const calm: Status = {
  functions: [
    { name: "receive", ready: true, url: "http://receive.autoheal.svc.cluster.local", pods: 0 },
    { name: "diagnose", ready: true, url: "http://diagnose.autoheal.svc.cluster.local", pods: 2 },
  ],
  brokers: [{ name: "alerts", ready: true }],
  triggers: [],
  sources: [],
  namespaces: [{ name: "shop", mode: "Auto" }],
  incidents: [],
  pauses: [],
  unwell: [],
};

test("a calm cluster: what sleeps, what runs, and nothing that is not well", () => {
  expect(tell(calm)).toBe(`Functions
  ✓  receive   asleep     http://receive.autoheal.svc.cluster.local
  ✓  diagnose  2 running  http://diagnose.autoheal.svc.cluster.local

Brokers
  ✓  alerts

Triggers
  none

Sources
  none

Enabled namespaces
     shop  Auto

Open incidents
  none

Pauses
  none

Not well
  none
`);
});

test("what is not ready, an incident that is held, and a pause are said with their reasons", () => {
  const text = tell({
    ...calm,
    brokers: [{ name: "alerts", ready: false, why: "IngressUnavailable" }],
    incidents: [
      {
        namespace: "shop",
        name: "deployment-web-1",
        workload: "shop/Deployment/web",
        phase: "Held",
        cause: "Hang",
        hold: "Paused",
        since: "2026-01-01T00:00:00Z",
      },
    ],
    pauses: [{ what: "shop", reason: "sale", by: "alice" }],
    unwell: ["Broker alerts is not ready: IngressUnavailable"],
  });
  expect(text).toContain("✗  alerts");
  expect(text).toContain("shop/deployment-web-1  Held  Paused  since 2026-01-01T00:00:00Z");
  expect(text).toContain("shop  sale  by alice");
  expect(text).toContain("✗  Broker alerts is not ready: IngressUnavailable");
});
