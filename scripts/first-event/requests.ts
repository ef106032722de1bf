import { incident } from "./neighbours.ts";

/** A request that a function takes when it has just started, and the status that it is answered with. */
export interface FirstRequest {
  method: "GET" | "POST";
  path: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
  status: number;
}

/** What a person's browser or Alertmanager show to be let in. */
const token = "first-event-of-a-function";

const startsAt = "2026-01-01T12:00:00Z";
const labels = { alertname: "KubePodCrashLooping", namespace: "shop", deployment: "web", severity: "critical" };
const alert = {
  status: "firing",
  labels,
  annotations: { summary: "it restarts again and again" },
  startsAt,
  endsAt: "0001-01-01T00:00:00Z",
  generatorURL: "http://prometheus/graph",
  fingerprint: "f1",
};

const event = (type: string, data: object, extensions: Readonly<Record<string, string>> = {}): FirstRequest => ({
  method: "POST",
  path: "/",
  headers: {
    "content-type": "application/json",
    "ce-specversion": "1.0",
    "ce-id": "1",
    "ce-source": "/first-event",
    "ce-type": type,
    ...Object.fromEntries(Object.entries(extensions).map(([name, value]) => [`ce-${name}`, value])),
  },
  body: JSON.stringify(data),
  status: 204,
});

const remedyRequested = (remedy: string) =>
  event("dev.autoheal.remedy.requested.v1", { incident, remediation: `${incident.uid}-1` }, { remedy });

/** By function, the first request of a heal that it gets: an event, a webhook, or a person's look. */
export const firstRequests = {
  receive: {
    method: "POST",
    path: "/alerts",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({
      version: "4",
      groupKey: "{}:{}",
      truncatedAlerts: 0,
      status: "firing",
      receiver: "autoheal",
      groupLabels: {},
      commonLabels: labels,
      commonAnnotations: {},
      externalURL: "http://alertmanager",
      alerts: [alert],
    }),
    status: 204,
  },
  diagnose: event("dev.autoheal.incident.due.v1", { incident }),
  restart: remedyRequested("restart"),
  scale: remedyRequested("scale"),
  rollback: remedyRequested("rollback"),
  notify: event("dev.autoheal.incident.opened.v1", { incident, entry: "1" }, { severity: "critical" }),
  "anomaly-score": {
    method: "POST",
    path: "/score",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ rows: Array.from({ length: 300 }, (_, i) => [i % 7, (i * i) % 11]) }),
    status: 200,
  },
  console: {
    method: "GET",
    path: "/",
    headers: { accept: "text/html", authorization: `Bearer ${token}` },
    status: 200,
  },
} as const satisfies Record<string, FirstRequest>;

/** The environment in which any function starts beside these neighbours; `kubeconfig` is the path of a file. */
export function environmentOf({ sink, kubeconfig }: { sink: string; kubeconfig: string }): Record<string, string> {
  return {
    HOST: "127.0.0.1",
    K_SINK: sink,
    KUBECONFIG: kubeconfig,
    AUTOHEAL_RECEIVE_TOKENS: token,
    AUTOHEAL_CONSOLE_TOKENS: token,
    AUTOHEAL_ANOMALY_TOKENS: token,
  };
}
