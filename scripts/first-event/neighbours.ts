import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** Who a function talks to while it handles its first event, the same for each: a Broker, and an API server with one incident. */
export interface Neighbours {
  /** The Broker's ingress. */
  sink: string;
  /** A kubeconfig for the API server, as text. */
  kubeconfig: string;
  close(): void;
}

/** The incident that every first event is about. */
export const incident = { namespace: "shop", name: "deployment-web-1", uid: "5c1d" } as const;

const at = "2026-01-01T12:00:00Z";
const metadata = { uid: "u", resourceVersion: "1", creationTimestamp: at };

/** Starts the neighbours on free ports of 127.0.0.1. They know what was written to the incident, and nothing else. */
export async function startNeighbours(): Promise<Neighbours> {
  const held = {
    apiVersion: "autoheal.dev/v1alpha1",
    kind: "Incident",
    metadata: { ...metadata, ...incident },
    spec: {
      workload: { kind: "Deployment", namespace: "shop", name: "web" },
      subject: "shop/Deployment/web",
      openedAt: at,
    },
    status: {
      phase: "Open",
      alerts: [],
      evidence: [],
      remediations: [],
      outbox: [{ id: "1", event: "opened", title: "shop/web crashes", lines: [], at }],
    },
  };
  const pathOfIncident = `/namespaces/${incident.namespace}/incidents/${incident.name}`;

  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const answer = (status: number, object: object) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(object));
    };
    const { pathname } = new URL(request.url ?? "/", "http://neighbour");
    if (pathname === "/broker") return void response.writeHead(202).end();
    const object = body === "" ? {} : JSON.parse(body);
    if (pathname.includes(pathOfIncident)) {
      Object.assign(held.status, object.status);
      return answer(200, held);
    }
    if (request.method === "POST") return answer(201, { ...object, metadata: { ...metadata, ...object.metadata } });
    if (isCollection(pathname)) return answer(200, { metadata: { resourceVersion: "1" }, items: [] });
    answer(404, { kind: "Status", status: "Failure", reason: "NotFound", code: 404 });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // reason: it listens on TCP
  return {
    sink: `${address}/broker`,
    kubeconfig: JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "it", cluster: { server: address, "insecure-skip-tls-verify": true } }],
      users: [{ name: "it", user: { token: "t" } }],
      contexts: [{ name: "it", context: { cluster: "it", user: "it" } }],
      "current-context": "it",
    }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** `/api/v1/namespaces/shop/pods` is one, `/api/v1/namespaces/shop/pods/a` is not. */
function isCollection(path: string): boolean {
  const [, after = ""] = /^\/apis?(?:\/[^/]+\/v[^/]+|\/v1)\/(?:namespaces\/[^/]+\/)?(.+)$/.exec(path) ?? [];
  return after !== "" && !after.includes("/");
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}
