import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe } from "vitest";
import { connect } from "./contract/connection.ts";
import { customResourceContract } from "./contract/custom-resources.ts";
import type { ClusterContract, Ground } from "./contract/ground.ts";
import { objectContract } from "./contract/object-verbs.ts";
import { podContract } from "./contract/pods.ts";
import { rightsContract } from "./contract/rights.ts";
import { watchContract } from "./contract/watches.ts";
import { workloadContract } from "./contract/workloads.ts";

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
