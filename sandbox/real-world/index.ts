/**
 * The other world of the contract suites: the cluster of the current kubeconfig context, and what the suites borrow
 * there. What can't be known of every cluster comes by environment: AUTOHEAL_E2E_NODE_IMAGE.
 */
import { CustomObjectsApi, KubeConfig } from "@kubernetes/client-node";

const { AUTOHEAL_E2E_NODE_IMAGE } = process.env;

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
