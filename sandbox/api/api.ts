import { once } from "node:events";
import { createAccess } from "./access.ts";
import { applyManifests, type Manifests } from "./apply.ts";
import { serveDefinitions } from "./custom-resource/index.ts";
import { keepBudgets } from "./disruption.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { createStore } from "./memory-store.ts";
import { apiPort } from "./port.ts";
import { createApiServer, type Interceptor } from "./server.ts";
import type { Store } from "./store.ts";
import type { ReadLog } from "./subresources.ts";

/** A running API server of a sandbox. */
export interface Api {
  url: string;
  /** The loopback /16 as "127.n". */
  subnet: string;
  store: Store;
  /** A kubeconfig (YAML) for the administrator or a stored ServiceAccount. */
  kubeconfig(user: "admin" | { namespace: string; serviceAccount: string }): string;
  tokenFor(namespace: string, serviceAccount: string): string;
  /** Creates or merge-patches objects as the administrator, definitions first. */
  apply(manifests: Manifests): Promise<void>;
  /** Looks at, refuses or cuts requests from now until the returned function is called. */
  intercept(interceptor: Interceptor): () => void;
  close(): Promise<void>;
}

/**
 * Serves a new cluster's API at http://127.n.0.1:6443 (see `apiPort`). Without a subnet it takes the first free one from
 * a random n in 16..250 on; a given one that is taken rejects with EADDRINUSE.
 */
export async function startApi(options: {
  token: string;
  readLog: ReadLog;
  subnet?: string | undefined;
  now?: () => Date;
}): Promise<Api> {
  const store = createStore(options.now === undefined ? {} : { now: options.now });
  serveDefinitions(store);
  keepBudgets(store);
  keepServiceAccounts(store);
  const access = createAccess(store, options.token);
  const interceptors = new Set<Interceptor>();
  const server = createApiServer({ store, access, readLog: options.readLog, interceptors });
  for (const name of ["default", "kube-system"]) store.create("namespaces", { metadata: { name } });

  const first = Math.floor(Math.random() * SUBNETS);
  const candidates =
    options.subnet === undefined
      ? Array.from({ length: SUBNETS }, (_, n) => `127.${16 + ((first + n) % SUBNETS)}`)
      : [options.subnet];
  const port = await apiPort();
  let subnet = "";
  for (const candidate of candidates) {
    const taken = await listen(server, `${candidate}.0.1`, port);
    if (taken === undefined) {
      subnet = candidate;
      break;
    }
    if (taken.code !== "EADDRINUSE" || candidate === candidates.at(-1)) throw taken;
  }
  const url = `http://${subnet}.0.1:${port}`;

  return {
    url,
    subnet,
    store,
    tokenFor: access.tokenFor,
    kubeconfig: (user) => {
      if (user === "admin") return writeKubeconfig(url, options.token, "default", "admin");
      const { namespace, serviceAccount } = user;
      return writeKubeconfig(url, access.tokenFor(namespace, serviceAccount), namespace, serviceAccount);
    },
    apply: async (manifests) => applyManifests(store, manifests),
    intercept: (interceptor) => {
      interceptors.add(interceptor);
      return () => {
        interceptors.delete(interceptor);
      };
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

// As the controller manager does: each namespace has an account for the pods that name none.
function keepServiceAccounts(store: Store): void {
  store.watch("namespaces", ({ type, object }) => {
    if (type !== "ADDED") return;
    store.create("serviceaccounts", { metadata: { name: "default", namespace: object.metadata.name } });
  });
}

const SUBNETS = 235; // 127.16 to 127.250

function listen(
  server: ReturnType<typeof createApiServer>,
  host: string,
  port: number,
): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) => resolve(error);
    server.once("error", failed);
    server.listen(port, host, () => {
      server.off("error", failed);
      resolve(undefined);
    });
  });
}
