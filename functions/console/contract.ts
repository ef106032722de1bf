import type { FunctionContract } from "@autoheal/lib/contract";

/** What `console` takes, posts and may do. */
export const contract: FunctionContract = {
  name: "console",
  consumes: [],
  produces: [],
  kubernetes: [
    { resource: "incidents.autoheal.dev", verbs: ["get", "list", "watch"], where: "cluster" },
    { resource: "healingpolicies.autoheal.dev", verbs: ["list", "watch"], where: "cluster" },
    { resource: "healingledgers.autoheal.dev", verbs: ["list", "watch"], where: "cluster" },
    { resource: "namespaces", verbs: ["list", "watch"], where: "cluster" },
    { resource: "deployments.apps", verbs: ["list", "watch"], where: "cluster" },
    { resource: "statefulsets.apps", verbs: ["list", "watch"], where: "cluster" },
    { resource: "daemonsets.apps", verbs: ["list", "watch"], where: "cluster" },
  ],
  environment: ["AUTOHEAL_CONSOLE_TOKENS", "AUTOHEAL_NAMESPACE"],
};
