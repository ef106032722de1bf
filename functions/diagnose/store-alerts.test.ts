import type { Alert } from "@autoheal/lib/alert";
import { now, secondsAgo } from "@autoheal/lib/testing";
import { expect, test } from "vitest";
import { storeAlerts } from "./store-alerts.ts";
import { clusterOf } from "./testing.ts";

test("an incident stays small enough for the API server, however many and large its alerts are", async () => {
  const labels = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`label${i}`, "x".repeat(200)]));
  const alerts = Array.from({ length: 200 }, (_, i): Alert => {
    const times = { startsAt: secondsAgo(60), endsAt: "0001-01-01T00:00:00Z" };
    return { status: "firing", labels, annotations: {}, ...times, fingerprint: `f${i}` };
  });
  const target = { by: "workload", namespace: "shop", kind: "Deployment", name: "web" } as const;
  const stored = await storeAlerts(clusterOf([]), "autoheal", { target, alerttype: "other", alerts }, now);
  const { alerts: kept = [], alertsDropped = 0 } = stored?.status ?? {};
  expect(Buffer.byteLength(JSON.stringify(stored?.status))).toBeLessThan(64 * 1024);
  expect([kept.at(-1)?.fingerprint, kept.length + alertsDropped]).toEqual(["f199", 200]);
});
