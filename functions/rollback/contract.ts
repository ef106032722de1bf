import { actionEnvironment, readingRights } from "@autoheal/lib/action";
import type { FunctionContract } from "@autoheal/lib/contract";

/** What `rollback` takes, posts and may do. */
export const contract: FunctionContract = {
  name: "rollback",
  consumes: [{ event: "remedy.requested", filter: { remedy: "rollback" } }],
  produces: ["remedy.applied", "remedy.failed"],
  kubernetes: [
    ...readingRights,
    { resource: "deployments.apps", verbs: ["patch"], where: "enabled" },
    { resource: "statefulsets.apps", verbs: ["patch"], where: "enabled" },
    { resource: "daemonsets.apps", verbs: ["patch"], where: "enabled" },
  ],
  environment: actionEnvironment,
};
