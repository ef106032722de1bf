import { createHash } from "node:crypto";
import { type Alert, type AlertBatch, alertKey, isHeartbeat } from "./alert.ts";
import { targetOf, targetSubject } from "./target.ts";
import { alertTypeOf } from "./type.ts";

/** Most bytes of one event's data: Kafka-class Brokers take about 1 MB, and what a function reads must be far below. */
export const maxBatchBytes = 256 * 1024;

/** Longest annotation that is kept of an alert that is too large as it is. */
const keptAnnotationCharacters = 1024;
/** The annotations that are kept then: those that people are shown. */
const keptAnnotations = ["summary", "description", "runbook_url"];

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

/**
 * Splits a batch so that the JSON of each part is at most `limit` bytes; order is kept.
 * An alert that is larger by itself keeps its labels and the annotations that people are shown, cut.
 */
export function splitBatch(batch: AlertBatch, limit: number = maxBatchBytes): AlertBatch[] {
  const frame = bytesOf({ ...batch, alerts: [] });
  const parts: AlertBatch[] = [];
  let room = 0;
  for (const given of batch.alerts) {
    const alert = frame + bytesOf(given) > limit ? cut(given) : given;
    const size = bytesOf(alert) + 1;
    const part = parts.at(-1);
    if (part && size <= room) part.alerts.push(alert);
    else {
      parts.push({ ...batch, alerts: [alert] });
      room = limit - frame;
    }
    room -= size;
  }
  return parts;
}

/** The same for each sending of the same alerts in the same states, in whatever order: sha256, hexadecimal. */
export function batchId(batch: AlertBatch, cluster = ""): string {
  const said = batch.alerts.map((alert) => `${alertKey(alert)} ${alert.status}`).sort();
  return createHash("sha256")
    .update(JSON.stringify([cluster, ...said]))
    .digest("hex");
}

function cut({ generatorURL: _dropped, ...alert }: Alert): Alert {
  const annotations = keptAnnotations.flatMap((name) => {
    const text = alert.annotations[name];
    return text === undefined ? [] : [[name, text.slice(0, keptAnnotationCharacters)] as const];
  });
  return { ...alert, annotations: Object.fromEntries(annotations) };
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
