import { createHash } from "node:crypto";
import type { Store } from "../api/index.ts";
import { type Clock, timestamp } from "./clock.ts";

type Subject = { apiVersion: string; kind: string; metadata: { name: string; namespace?: string; uid: string } };
type Event = { count: number; lastTimestamp: string };

/** Writes a Kubernetes Event; the same one again only counts up, as client-go's recorder does. */
export type Recorder = (subject: Subject, type: "Normal" | "Warning", reason: string, message: string) => void;

/** A recorder that writes as `component`. */
export function recorder(store: Store, clock: Clock, component: string): Recorder {
  return ({ apiVersion, kind, metadata }, type, reason, message) => {
    const { name, uid } = metadata;
    const namespace = metadata.namespace ?? "default";
    const identity = createHash("sha256").update([uid, type, reason, message].join("\n")).digest("hex");
    const event = `${name}.${identity.slice(0, 16)}`;
    const lastTimestamp = timestamp(clock.now());
    const counted = store.modify<Event>("events", namespace, event, (draft) => {
      draft.count += 1;
      draft.lastTimestamp = lastTimestamp;
    });
    if (counted) return;
    store.create("events", {
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: event, namespace },
      involvedObject: { apiVersion, kind, namespace, name, uid },
      type,
      reason,
      message,
      count: 1,
      firstTimestamp: lastTimestamp,
      lastTimestamp,
      source: { component },
      reportingComponent: component,
    });
  };
}
