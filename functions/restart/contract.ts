import { actionEnvironment, readingRights } from "@autoheal/lib/action";
import type { FunctionContract } from "@autoheal/lib/contract";

/** What `restart` takes, posts and may do. */
export const contract: FunctionContract = {
  name: "restart",
  consumes: [{ event: "remedy.requested", filter: { remedy: "restart" } }],
  produces: ["remedy.applied", "remedy.failed"],
  kubernetes: [
    ...readingRights,
    { resource: "deployments.apps", verbs: ["patch"], where: "enabled" },
    { resource: "statefulsets.apps", verbs: ["patch"], where: "enabled" },
    { resource: "daemonsets.apps", verbs: ["patch"], where: "enabled" },
    { resource: "pods/eviction", verbs: ["create"], where: "enabled" },
    { resource: "pods", verbs: ["get"], where: "enabled" },
  ],
  environment: actionEnvironment,
};
