import { connectKubernetes, type Kubernetes } from "./kubernetes.ts";
import { appPort, ask, parsed, requireMonitoring, type Target, TargetError } from "./target.ts";

/**
 * The cluster of the current kubeconfig context, with AutoHeal deployed in it. Pods, and in-cluster addresses of
 * Prometheus and Alertmanager, are reached through the API server's proxy. `timeScale` is how many times faster than in
 * production the rules and the functions there were configured.
 */
export async function clusterTarget(timeScale: number, namespace = "autoheal"): Promise<Target> {
  const kubernetes = connectKubernetes();
  const configuration = await kubernetes.get({ kind: "ConfigMap", namespace, name: "autoheal" });
  if (!configuration) throw new TargetError(`AutoHeal is not deployed there: no ConfigMap autoheal in ${namespace}`);
  const { PROMETHEUS_URL, ALERTMANAGER_URL } = configuration.data ?? {};
  if (!PROMETHEUS_URL || !ALERTMANAGER_URL) {
    throw new TargetError(`ConfigMap ${namespace}/autoheal: expected PROMETHEUS_URL and ALERTMANAGER_URL`);
  }
  const target: Target = {
    kubernetes,
    timeScale,
    isSandbox: false,
    callPod: (pod, method, path, body) =>
      proxied(kubernetes, `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}:${appPort}/proxy${path}`, method, body),
    prometheus: async (path) => parsed(await reach(kubernetes, PROMETHEUS_URL, path, "GET")),
    alertmanager: async (method, path, body) => parsed(await reach(kubernetes, ALERTMANAGER_URL, path, method, body)),
    close: async () => {},
  };
  await requireMonitoring(target);
  return target;
}

/** `http://<service>.<namespace>.svc…` is only known inside: through the API server's proxy; anything else directly. */
function reach(kubernetes: Kubernetes, base: string, path: string, method: string, body?: unknown): Promise<string> {
  const { hostname, port, pathname } = new URL(base);
  const [, service, namespace] = /^([^.]+)\.([^.]+)\.svc(\.|$)/.exec(hostname) ?? [];
  const rest = `${pathname.replace(/\/$/, "")}${path}`;
  if (!service) return ask(`${base.replace(/\/$/, "")}${path}`, method, body);
  return proxied(
    kubernetes,
    `/api/v1/namespaces/${namespace}/services/${service}:${port || 80}/proxy${rest}`,
    method,
    body,
  );
}

async function proxied(kubernetes: Kubernetes, path: string, method: string, body?: unknown): Promise<string> {
  const { status, text } = await kubernetes.send(method, path, body);
  if (status < 200 || status >= 300) throw new Error(`${method} ${path}: ${status}: ${text.slice(0, 200)}`);
  return text;
}
