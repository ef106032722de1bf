import type { Alert, AlertBatch } from "./alert.ts";
import { isHeartbeat } from "./alert.ts";
import { targetOf, targetSubject } from "./target.ts";
import { alertTypeOf } from "./type.ts";

/** Groups a webhook's alerts by what they point at and their type, heartbeats left out; order is kept. */
export function batchesOf(alerts: readonly Alert[], cluster = ""): AlertBatch[] {
  const batches = new Map<string, AlertBatch>();
  for (const alert of alerts) {
    if (isHeartbeat(alert)) continue;
    const target = targetOf(alert.labels, cluster);
    const alerttype = alertTypeOf(alert.labels);
    const key = `${targetSubject(target)} ${alerttype}`;
    const batch = batches.get(key);
    if (batch) batch.alerts.push(alert);
    else batches.set(key, { target, alerttype, alerts: [alert] });
  }
  return [...batches.values()];
}
