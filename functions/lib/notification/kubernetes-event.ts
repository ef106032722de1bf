import { createHash } from "node:crypto";
import type { Incident, OutboxEntry } from "../incident/index.ts";
import { cutTo, oneLine } from "./plain.ts";
import { tones } from "./tone.ts";

/** Who says so, in `kubectl get events`. */
const controller = "autoheal.dev/notify";
/** Longest note of a Kubernetes Event (k8s.io/kubernetes, pkg/apis/core/validation: NoteLengthLimit). */
const messageLimit = 1024;

/** The object that an Event is about. */
export interface Involved {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
  uid: string;
}

/** An Event of core/v1. */
export interface KubernetesEvent {
  apiVersion: "v1";
  kind: "Event";
  metadata: { name: string; namespace: string };
  involvedObject: Involved;
  reason: string;
  message: string;
  type: "Normal" | "Warning";
  source: { component: string };
  reportingComponent: string;
  reportingInstance: string;
  firstTimestamp: string;
  lastTimestamp: string;
  count: 1;
}

/**
 * The Event that tells one entry, about the workload, or about the incident where there is none. Its name is the same
 * each time, so that a second one is refused as `AlreadyExists`.
 */
export function kubernetesEventOf(incident: Incident, entry: OutboxEntry, workload?: Involved): KubernetesEvent {
  const { namespace, name, uid } = incident.metadata;
  const tone = tones[entry.event];
  const second = `${new Date(entry.at).toISOString().slice(0, 19)}Z`;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `incident-${uid}.${nameOf(entry.id)}`, namespace },
    involvedObject: workload ?? { apiVersion: "autoheal.dev/v1alpha1", kind: "Incident", namespace, name, uid },
    reason: tone.reason,
    message: cutTo([entry.title, ...entry.lines].map(oneLine).join("; "), messageLimit),
    type: tone.attention ? "Warning" : "Normal",
    source: { component: controller },
    reportingComponent: controller,
    reportingInstance: controller,
    firstTimestamp: second,
    lastTimestamp: second,
    count: 1,
  };
}

/** An entry's id as part of an object's name. */
function nameOf(entry: string): string {
  if (/^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/.test(entry)) return entry;
  return createHash("sha256").update(entry).digest("hex").slice(0, 16);
}
