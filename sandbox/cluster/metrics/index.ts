/** What the real cluster's cAdvisor, kube-state-metrics and service discovery tell Prometheus, on one address. */
import { createServer } from "node:http";
import type { Store } from "../../api/index.ts";
import type { Kubelet } from "../kubelet/index.ts";
import { cadvisor } from "./cadvisor.ts";
import { discover } from "./discovery.ts";
import { expose } from "./exposition.ts";
import { kubeState } from "./kube-state.ts";

const PORT = 8080;
const TEXT = "text/plain; version=0.0.4; charset=utf-8";

/** Serves /metrics/cadvisor, /metrics/kube-state-metrics and /sd at `<subnet>.0.3:8080`. */
export async function startMetrics(subnet: string, store: Store, kubelet: Kubelet) {
  const host = `${subnet}.0.3`;
  const pages: Record<string, () => [type: string, body: string]> = {
    "/metrics/cadvisor": () => [TEXT, expose(cadvisor(kubelet.running()))],
    "/metrics/kube-state-metrics": () => [TEXT, expose(kubeState(store))],
    "/sd": () => ["application/json", JSON.stringify(discover(store))],
  };
  const server = createServer((request, response) => {
    const page = pages[(request.url ?? "").split("?")[0] ?? ""];
    const [type, body] = page?.() ?? [TEXT, "Not found\n"];
    response.writeHead(page ? 200 : 404, { "content-type": type }).end(body);
  });
  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen(PORT, host, listening);
  });
  return {
    url: `http://${host}:${PORT}`,
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
