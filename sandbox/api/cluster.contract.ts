import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe } from "vitest";
import { connect } from "./contract/connection.ts";
import { customResourceContract } from "./contract/custom-resources.ts";
import { type ClusterContract, type Ground, within } from "./contract/ground.ts";
import { objectContract } from "./contract/object-verbs.ts";
import { ownDefinitionContract } from "./contract/own-definitions.ts";
import { pageContract } from "./contract/pages.ts";
import { podContract } from "./contract/pods.ts";
import { rightsContract } from "./contract/rights.ts";
import { watchContract } from "./contract/watches.ts";
import { workloadContract } from "./contract/workloads.ts";

/** What AutoHeal relies on in an API server and the controllers behind it; makes its own namespace and leaves nothing. */
export function clusterContract(contract: ClusterContract): void {
  describe(`the cluster contract on ${contract.name}`, () => {
    const run = randomBytes(3).toString("hex");
    const namespace = `contract-${run}`;
    const eventually = within(contract.patienceMs);
    const ground = { namespace, group: `${namespace}.autoheal.dev`, contract, eventually } as Ground; // reason: beforeAll fills in the rest

    beforeAll(async () => {
      ground.api = await connect(contract.kubeconfig());
      ground.idle = await contract.container("setInterval(() => {}, 1000)");
      const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
      const made = await ground.api.ask("POST", "/api/v1/namespaces", { metadata: { name: namespace, labels } });
      if (made.status !== 201) throw new Error(`no namespace: ${JSON.stringify(made.body)}`);
      // Until it is there, no pod is admitted.
      const account = `/api/v1/namespaces/${namespace}/serviceaccounts/default`;
      await ground.eventually(
        () => ground.api.ask("GET", account),
        ({ status }) => status === 200,
      );
    });

    afterAll(async () => {
      await ground.api?.ask("DELETE", `/api/v1/namespaces/${namespace}`);
      ground.api?.close();
    });

    objectContract(ground);
    pageContract(ground);
    watchContract(ground);
    workloadContract(ground);
    customResourceContract(ground);
    ownDefinitionContract(ground);
    podContract(ground);
    rightsContract(ground);
  });
}
