import type { KubeConfig } from "@kubernetes/client-node";
import type { Connection } from "./connection.ts";

/** What the suite runs against: any API server that a kubeconfig with an administrator's rights names. */
export interface ClusterContract {
  name: string;
  /** Asked for once, before the first test. */
  kubeconfig: () => KubeConfig;
  /** A container named `main` that runs a script of Node.js on this cluster. */
  container: (script: string) => Container | Promise<Container>;
  /** How long whatever becomes true sooner or later may take here. */
  patienceMs: number;
}

/** What the suite's pods run; the suite adds what the restricted Pod Security Standard asks for. */
export interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
}

/** Where the tests of one run write. */
export interface Ground {
  api: Connection;
  namespace: string;
  /** The API group of this run's own definition. */
  group: string;
  contract: ClusterContract;
  /** A container that stays. */
  idle: Container;
  /** Asks again until the answer satisfies, and gives it; throws what was seen last when the cluster's patience has ended. */
  eventually: <T>(look: () => Promise<T>, satisfies: (seen: T) => boolean) => Promise<T>;
}

/** `eventually` for a cluster that may take so long. */
export function within(patienceMs: number): Ground["eventually"] {
  return async (look, satisfies) => {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const seen = await look();
      if (satisfies(seen)) return seen;
      if (Date.now() > deadline) throw new Error(`not within ${patienceMs} ms: ${JSON.stringify(seen).slice(0, 4000)}`);
      await new Promise((next) => setTimeout(next, 50));
    }
  };
}
