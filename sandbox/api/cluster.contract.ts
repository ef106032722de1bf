import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe } from "vitest";
import { type Connection, connect } from "./contract/connection.ts";
import { customResourceContract } from "./contract/custom-resources.ts";
import { objectContract } from "./contract/object-verbs.ts";
import { podContract } from "./contract/pods.ts";
import { rightsContract } from "./contract/rights.ts";
import { watchContract } from "./contract/watches.ts";
import { workloadContract } from "./contract/workloads.ts";

/** What the suite runs against: any API server that a kubeconfig with an administrator's rights names. */
export interface ClusterContract {
  name: string;
  /** Asked for once, before the first test. */
  kubeconfigPath: () => string;
  /** Containers that this cluster can run: one that stays, one that prints `crashLine` last and exits with 1. */
  idle: object;
  crashing: object;
  crashLine: string;
}

/** Where the tests of one run write. */
export interface Ground {
  api: Connection;
  namespace: string;
  /** The API group of this run's own definition. */
  group: string;
  contract: ClusterContract;
}

/** What AutoHeal relies on in an API server and the controllers behind it; makes its own namespace and leaves nothing. */
export function clusterContract(contract: ClusterContract): void {
  describe(`the cluster contract on ${contract.name}`, () => {
    const run = randomBytes(3).toString("hex");
    const namespace = `contract-${run}`;
    const ground = { namespace, group: `${namespace}.autoheal.dev`, contract } as Ground; // api follows in beforeAll

    beforeAll(async () => {
      ground.api = connect(contract.kubeconfigPath());
      const made = await ground.api.ask("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
      if (made.status !== 201) throw new Error(`no namespace: ${JSON.stringify(made.body)}`);
    });

    afterAll(async () => {
      const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
      await ground.api.ask("DELETE", `${definitions}/trials.${ground.group}`);
      await ground.api.ask("DELETE", `/api/v1/namespaces/${namespace}`);
      ground.api.close();
    });

    objectContract(ground);
    watchContract(ground);
    workloadContract(ground);
    customResourceContract(ground);
    podContract(ground);
    rightsContract(ground);
  });
}

/** Asks again until the answer satisfies, and gives it; throws what was seen last when the deadline has passed. */
export async function eventually<T>(look: () => Promise<T>, satisfies: (seen: T) => boolean): Promise<T> {
  const deadline = Date.now() + EVENTUALLY_MS;
  for (;;) {
    const seen = await look();
    if (satisfies(seen)) return seen;
    if (Date.now() > deadline)
      throw new Error(`not within ${EVENTUALLY_MS} ms: ${JSON.stringify(seen).slice(0, 2000)}`);
    await new Promise((next) => setTimeout(next, 50));
  }
}

const EVENTUALLY_MS = 25_000;
