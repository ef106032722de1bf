import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Sandbox } from "../../sandbox/index.ts";

/** A stand-in for Prometheus that tells one story only, so that a test of `scale` need not wait for real traffic. */
export interface TrafficMetrics {
  url: string;
  /** From now on the traffic of this namespace is three times what it was, until there are more replicas. */
  rise(namespace: string): void;
  /** From now on nobody answers; until `comeBack`. */
  leave(): void;
  comeBack(): void;
  close(): Promise<void>;
}

/** Seconds that the traffic has been high already when it is first asked for. */
const highFor = 15;

/** Starts it; pods and replicas are those of the sandbox, once there is one. */
export async function startTrafficMetrics(sandbox: () => Sandbox): Promise<TrafficMetrics> {
  const risen = new Set<string>();
  const resultOf = (asked: URLSearchParams): object[] => {
    const query = asked.get("query") ?? "";
    const namespace = /namespace="([^"]+)"/.exec(query)?.[1] ?? "";
    const { store } = sandbox().api;
    const deployment = store.list("deployments.apps", { namespace })[0];
    if (!risen.has(namespace) || !deployment || deployment.spec.replicas > 1) return [];
    const [start, end, step] = ["start", "end", "step"].map((name) => Number(asked.get(name)));
    if (!start || !end || !step) return [];
    const series = (before: number, after: number) => {
      const times = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) => start + i * step);
      return times.map((at) => [at, String(at < end - highFor ? before : after)]);
    };
    if (query.includes("container_cpu_usage_seconds_total")) {
      const pods = store.list("pods", { namespace });
      return pods.map(({ metadata }) => ({ metric: { pod: metadata.name }, values: series(0.3, 0.97) }));
    }
    const isRate = query.startsWith("sum(rate(http_requests_total") && !query.includes("code=~");
    return isRate ? [{ metric: {}, values: series(10, 30) }] : [];
  };
  let away = false;
  const server = createServer(async (request, response) => {
    if (away) return void request.socket.destroy();
    const result = resultOf(new URLSearchParams(await textOf(request)));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ status: "success", data: { resultType: "matrix", result } }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // reason: it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    rise: (namespace) => void risen.add(namespace),
    leave: () => {
      away = true;
    },
    comeBack: () => {
      away = false;
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}
