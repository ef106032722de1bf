/**
 * Stands in where Prometheus and Alertmanager are not to be had: looks at the pods itself and posts the same webhooks,
 * each marked as posted by the sandbox. It knows nothing of errors, latency, CPU or memory.
 */
import { createHash } from "node:crypto";
import type { Store } from "../api/index.ts";

interface Pod {
  metadata: { name: string; namespace: string; deletionTimestamp?: string };
  status?: {
    phase?: string;
    conditions?: { type: string; status: string; lastTransitionTime?: string }[];
    containerStatuses?: {
      name: string;
      state?: { waiting?: { reason?: string } };
      lastState?: { terminated?: { reason?: string; finishedAt?: string } };
    }[];
  };
}

/** What the stand-in posts to, and which namespace it looks at. */
export interface StandInOptions {
  store: Store;
  namespace: string;
  receiveUrl: string;
  token: string;
}

interface StandInAlert {
  labels: Record<string, string>;
  startsAt: string;
}

const unreadyMs = 9_000;
const recentMs = 30_000;

/** Looks once a second until it is closed. */
export function startStandIn({ store, namespace, receiveUrl, token }: StandInOptions): { close(): void } {
  const firing = new Map<string, StandInAlert>();
  const look = async () => {
    const now = new Map(
      store
        .list<Pod>("pods", { namespace })
        .flatMap(alertsOf)
        .map((labels) => [JSON.stringify(labels), labels]),
    );
    const fresh = [...now].filter(([key]) => !firing.has(key));
    const over = [...firing].filter(([key]) => !now.has(key));
    for (const [key, labels] of fresh) firing.set(key, { labels, startsAt: new Date().toISOString() });
    for (const [key] of over) firing.delete(key);
    const alerts = [
      ...fresh.flatMap(([key]) => firing.get(key) ?? []).map((alert) => webhookAlert(alert, false)),
      ...over.map(([, alert]) => webhookAlert(alert, true)),
    ];
    if (alerts.length > 0) await post(receiveUrl, token, alerts);
  };
  const timer = setInterval(() => void look().catch((error) => console.error(`stand-in: ${error}`)), 1_000);
  return { close: () => clearInterval(timer) };
}

/** The labels of the alerts that a pod calls for: those of monitoring/rules that need no metric. */
function alertsOf({ metadata, status }: Pod): Record<string, string>[] {
  if (metadata.deletionTimestamp) return [];
  const target = { namespace: metadata.namespace, pod: metadata.name };
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  const unreadyFor = Date.now() - Date.parse(ready?.lastTransitionTime ?? "");
  const alerts: Record<string, string>[] = [];
  if (ready?.status !== "True" && unreadyFor > unreadyMs) {
    alerts.push({ alertname: "KubePodNotReady", autoheal_type: "availability", severity: "warning", ...target });
  }
  for (const { name, state, lastState } of status?.containerStatuses ?? []) {
    const crash = { ...target, container: name, severity: "critical" };
    if (state?.waiting?.reason === "CrashLoopBackOff")
      alerts.push({ alertname: "KubePodCrashLooping", autoheal_type: "crash", ...crash });
    const ended = lastState?.terminated;
    if (ended?.reason === "OOMKilled" && Date.now() - Date.parse(ended.finishedAt ?? "") < recentMs) {
      alerts.push({ alertname: "ContainerOOMKilled", autoheal_type: "memory", ...crash });
    }
  }
  return alerts;
}

function webhookAlert({ labels, startsAt }: StandInAlert, resolved: boolean): object {
  return {
    status: resolved ? "resolved" : "firing",
    labels,
    annotations: { summary: "Posted by the sandbox, which has no Prometheus here." },
    startsAt,
    endsAt: resolved ? new Date().toISOString() : "0001-01-01T00:00:00Z",
    fingerprint: createHash("sha256").update(JSON.stringify(labels)).digest("hex").slice(0, 16),
    generatorURL: "",
  };
}

async function post(url: string, token: string, alerts: object[]): Promise<void> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({
      version: "4",
      groupKey: "sandbox",
      truncatedAlerts: 0,
      status: "firing",
      receiver: "autoheal",
      groupLabels: {},
      commonLabels: {},
      commonAnnotations: {},
      externalURL: "",
      alerts,
    }),
  });
  if (!answer.ok) throw new Error(`receive answered ${answer.status}`);
}
