/** For tests: a cluster, a Prometheus, an Alertmanager and a Broker that the built function works with. No function imports this. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HeldAlert } from "@autoheal/lib/alert";
import { metricQueries } from "@autoheal/lib/anomaly";
import { type Api, startApi } from "../../sandbox/api/index.ts";

const root = new URL("../../", import.meta.url).pathname;
const week = 7 * 86_400_000;

/** An event that the Broker took. */
export interface Taken {
  headers: IncomingMessage["headers"];
  data: unknown;
}

/** What the function has around it, and how it behaves. */
export interface Surroundings {
  api: Api;
  /** Where Prometheus and Alertmanager are. */
  url: string;
  /** What the function needs to know of all of it. */
  environment: Record<string, string>;
  /** Answers a query in Prometheus' place. */
  prometheus: ((request: URLSearchParams, response: ServerResponse) => unknown) | undefined;
  /** Workloads, by name, that have been unlike themselves for ten minutes. */
  odd: Set<string>;
  /** Queries that Prometheus got. */
  queries: URLSearchParams[];
  /** What Alertmanager holds, by the workload's name, and what it got last; `refuses`: it takes nothing. */
  held: Map<string, HeldAlert>;
  raised: HeldAlert[];
  refuses: boolean;
  taken: Taken[];
  close(): Promise<void>;
}

/** The answer of a range query with one series. */
export function matrix(values: readonly unknown[], more: object = {}): string {
  const result = values.length === 0 ? [] : [{ metric: {}, values }];
  return JSON.stringify({ status: "success", data: { resultType: "matrix", result }, ...more });
}

/** A share of 1 that looks like chance, the same each time. */
export function chance(i: number, of: number): number {
  const far = Math.sin(i * 12.9898 + of * 78.233) * 43_758.5453;
  return far - Math.floor(far);
}

/**
 * Starts all of it, with workloads of a week's age: shop/Deployment/{web,api,cart} and shop/StatefulSet/db watched by their
 * namespace, bank/Deployment/vault not.
 */
export async function surround(): Promise<Surroundings> {
  const folder = await mkdtemp(join(tmpdir(), "anomaly-score-"));
  const api = await startApi({ token: "admin", readLog: () => undefined, now: () => new Date(Date.now() - week) });
  await api.apply([
    await readFile(`${root}knative/base/crds/incidents.yaml`, "utf8"),
    "apiVersion: v1\nkind: Namespace\nmetadata: { name: autoheal }",
    'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop, labels: { autoheal.dev/anomalies: "true" } }',
    "apiVersion: v1\nkind: Namespace\nmetadata: { name: bank }",
    await readFile(`${root}knative/base/rbac/anomaly-score.yaml`, "utf8"),
  ]);
  for (const name of ["web", "api", "cart"]) make(api, "Deployment", "shop", name);
  make(api, "StatefulSet", "shop", "db");
  make(api, "Deployment", "bank", "vault");
  const kubeconfig = join(folder, "kubeconfig");
  await writeFile(kubeconfig, api.kubeconfig({ namespace: "autoheal", serviceAccount: "anomaly-score" }));

  const server = createServer((request, response) => void answered(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // reason: it listens on TCP
  const around: Surroundings = {
    api,
    url,
    environment: {
      KUBECONFIG: kubeconfig,
      PROMETHEUS_URL: url,
      ALERTMANAGER_URL: url,
      K_SINK: `${url}/broker`,
    },
    prometheus: undefined,
    odd: new Set(),
    queries: [],
    held: new Map(),
    raised: [],
    refuses: false,
    taken: [],
    close: async () => {
      server.closeAllConnections();
      server.close();
      await api.close();
      await rm(folder, { recursive: true });
    },
  };

  async function answered(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer); // reason: no encoding is set
    const body = Buffer.concat(chunks).toString();
    response.setHeader("content-type", "application/json");
    if (request.url === "/api/v1/query_range") {
      const query = new URLSearchParams(body);
      around.queries.push(query);
      if (around.prometheus) around.prometheus(query, response);
      else response.end(matrix(valuesOf(query, around.odd)));
    } else if (request.url?.startsWith("/api/v2/alerts")) {
      if (around.refuses) response.writeHead(500).end();
      else if (request.method === "GET") response.end(JSON.stringify([...around.held.values()].map(gettable)));
      else {
        raise(around, JSON.parse(body));
        response.end();
      }
    } else {
      around.taken.push({ headers: request.headers, data: JSON.parse(body) });
      response.writeHead(202).end();
    }
  }
  return around;
}

/** Adds a workload without revisions: it began when it was made. */
function make(api: Api, kind: "Deployment" | "StatefulSet", namespace: string, name: string): void {
  const template = { metadata: { labels: { app: name } }, spec: { containers: [{ name: "app", image: "app:1" }] } };
  const spec = { selector: { matchLabels: { app: name } }, template };
  const service = kind === "StatefulSet" ? { serviceName: name } : {};
  api.store.create(kind === "Deployment" ? "deployments.apps" : "statefulsets.apps", {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace },
    spec: { ...spec, ...service },
  });
}

/** As Alertmanager does: what has ended is held no longer. */
function raise(around: Surroundings, alerts: HeldAlert[]): void {
  around.raised = alerts;
  for (const alert of alerts) {
    const name = alert.labels.deployment ?? alert.labels.statefulset ?? "";
    if (Date.parse(alert.endsAt) > Date.now()) around.held.set(name, { ...alert, status: "firing", state: "active" });
    else around.held.delete(name);
  }
}

function gettable({ state, ...alert }: HeldAlert): object {
  return { ...alert, fingerprint: "f", generatorURL: "", receivers: [], updatedAt: alert.startsAt, status: { state } };
}

/** Points by how long before the end they are, so that it does not matter when a test runs. */
function valuesOf(query: URLSearchParams, odd: ReadonlySet<string>): [number, string][] {
  const [start, end, step] = ["start", "end", "step"].map((name) => Number(query.get(name)));
  const text = query.get("query") ?? "";
  const name = /pod=~"([a-z0-9]+)/.exec(text)?.[1] ?? "";
  const metric = metricQueries.findIndex(({ query }) => text.startsWith(query.split("{")[0] ?? ""));
  const level = [0.4, 3e8, 0.05, 0.2, 0.01, 120, 1][metric] ?? 1;
  if (!(start && end && step)) return [];
  return Array.from({ length: Math.round((end - start) / step) + 1 }, (_, i) => {
    const before = Math.round((end - start) / step) - i;
    const wave = 0.1 * Math.sin((2 * Math.PI * before * step) / 86_400) + 0.1 * (chance(before, metric) - 0.5);
    const times = odd.has(name) && before * step < 600 ? 6 : 1;
    return [start + i * step, String(level * (1 + wave) * times)];
  });
}
