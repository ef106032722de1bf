import { paceOf } from "../../monitoring/scaling/index.ts";
import { adapted } from "./adapt.ts";
import { connectKubernetes, type Kubernetes } from "./kubernetes.ts";
import { placeMailbox } from "./mailbox.ts";
import { appPort, ask, parsed, requireMonitoring, type Target, TargetError } from "./target.ts";

/** AutoHeal's own namespace. */
const ownNamespace = "autoheal";

/**
 * The cluster of the current kubeconfig context, with AutoHeal deployed in it, at the pace that its ConfigMap says. Pods, and
 * in-cluster addresses of Prometheus and Alertmanager, are reached through the API server's proxy. `images` are the full
 * names of the sample apps' images by their short ones, such as `user:1.0.0`.
 */
export async function clusterTarget(images: Readonly<Record<string, string>>): Promise<Target> {
  const kubernetes = connected();
  const configuration = await kubernetes
    .get({ kind: "ConfigMap", namespace: ownNamespace, name: "autoheal" })
    .catch((cause: Error) => {
      throw new TargetError(`the cluster of the current context does not answer: ${cause.message}`, { cause });
    });
  if (!configuration) throw new TargetError(`AutoHeal is not deployed there: no ConfigMap autoheal in ${ownNamespace}`);
  const { PROMETHEUS_URL, ALERTMANAGER_URL } = configuration.data ?? {};
  if (!PROMETHEUS_URL || !ALERTMANAGER_URL) {
    throw new TargetError(`ConfigMap ${ownNamespace}/autoheal: expected PROMETHEUS_URL and ALERTMANAGER_URL`);
  }
  const place = { pace: paceOf(configuration.metadata.annotations), images };
  const api = {
    prometheus: async (path: string) => parsed(await reach(kubernetes, PROMETHEUS_URL, path, "GET")),
    alertmanager: async (method: string, path: string, body?: unknown) =>
      parsed(await reach(kubernetes, ALERTMANAGER_URL, path, method, body)),
  };
  await requireMonitoring(api);
  const close = await placeMailbox(kubernetes, (manifest) => adapted(manifest, place), ownNamespace);
  return {
    ...api,
    kubernetes,
    pace: place.pace,
    isSandbox: false,
    adapted: (manifest) => adapted(manifest, place),
    callPod: (pod, method, path, body) =>
      proxied(kubernetes, `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}:${appPort}/proxy${path}`, method, body),
    close,
  };
}

function connected(): Kubernetes {
  try {
    return connectKubernetes();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : cause;
    throw new TargetError(`no cluster is known, KUBECONFIG or ~/.kube/config: ${why}`, { cause });
  }
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
