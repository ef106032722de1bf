/**
 * The other world of the contract suites: the cluster of the current kubeconfig context, and what the suites borrow
 * there. What can't be known of every cluster comes by environment:
 *
 * - AUTOHEAL_E2E_NODE_IMAGE: an image with Node.js that the cluster can pull; else a deployed function's is taken.
 * - AUTOHEAL_E2E_BROKER_URL: where this machine reaches the Brokers' ingress, such as the end of a
 *   `kubectl -n knative-eventing port-forward service/broker-ingress 8081:80`; else its cluster IP is tried.
 * - AUTOHEAL_E2E_HOST: an address of this machine that pods reach; else the one that leads to a pod is taken.
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { CoreV1Api, CustomObjectsApi, KubeConfig } from "@kubernetes/client-node";

const { AUTOHEAL_E2E_NODE_IMAGE, AUTOHEAL_E2E_BROKER_URL, AUTOHEAL_E2E_HOST } = process.env;
const EVENTING = "knative-eventing";
const REACHED_WITHIN_MS = 3000;

/** The kubeconfig as kubectl finds it; throws where it names no cluster. */
export function currentKubeconfig(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromDefault();
  // Where there is no kubeconfig at all, client-node makes one up.
  if (!config.getCurrentCluster() || config.getCurrentContext() === "loaded-context") {
    throw new Error("KUBECONFIG names no cluster: the suites of *.e2e.test.ts run on the one of its current context.");
  }
  return config;
}

/** A container of Node.js that runs a script; its image is AUTOHEAL_E2E_NODE_IMAGE, else that of a deployed function. */
export async function nodeContainer(config: KubeConfig, script: string) {
  const image = AUTOHEAL_E2E_NODE_IMAGE ?? (await functionImage(config));
  if (image) return { name: "main", image, command: ["node", "-e", script] };
  throw new Error(
    "No image with Node.js: deploy AutoHeal first (npm run deploy), or name one that the cluster can pull in AUTOHEAL_E2E_NODE_IMAGE.",
  );
}

async function functionImage(config: KubeConfig): Promise<string | undefined> {
  const place = { group: "serving.knative.dev", version: "v1", namespace: "autoheal", plural: "services" };
  const { items } = await config
    .makeApiClient(CustomObjectsApi)
    .listNamespacedCustomObject(place)
    .catch((error) => {
      if (error.code === 404) return { items: [] }; // no Knative Serving
      throw error;
    });
  return items[0]?.spec.template.spec.containers[0].image;
}

/** Where this machine reaches the ingress of Knative's Brokers, without a slash at the end. */
export async function brokerIngress(config: KubeConfig): Promise<string> {
  const service = { name: "broker-ingress", namespace: EVENTING };
  const { spec } = await config.makeApiClient(CoreV1Api).readNamespacedService(service);
  const url = (AUTOHEAL_E2E_BROKER_URL ?? `http://${spec?.clusterIP}`).replace(/\/$/, "");
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(REACHED_WITHIN_MS) })).text();
    return url;
  } catch (cause) {
    const how = "kubectl -n knative-eventing port-forward service/broker-ingress 8081:80";
    throw new Error(
      `The Brokers' ingress is not reached at ${url} from here: start \`${how}\` and set AUTOHEAL_E2E_BROKER_URL=http://localhost:8081.`,
      { cause },
    );
  }
}

/** The address of this machine that pods reach; one that was named is not always one that can be listened on. */
export async function addressForPods(config: KubeConfig): Promise<{ reachedAs: string; listensOn?: string }> {
  if (AUTOHEAL_E2E_HOST) return { reachedAs: AUTOHEAL_E2E_HOST, listensOn: "0.0.0.0" };
  const { items } = await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: EVENTING });
  const pod = items.find(({ status }) => status?.podIP);
  if (!pod?.status?.podIP) throw new Error(`No pod runs in ${EVENTING}: is Knative Eventing there?`);
  // Connecting a datagram socket sends nothing; it only asks for the route.
  const socket = createSocket("udp4");
  try {
    socket.connect(9, pod.status.podIP);
    await once(socket, "connect");
    return { reachedAs: socket.address().address };
  } finally {
    socket.close();
  }
}
