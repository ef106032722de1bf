import { actionEnvironment, readingRights } from "@autoheal/lib/action";
import type { FunctionContract } from "@autoheal/lib/contract";

/** What `scale` takes, posts and may do. */
export const contract: FunctionContract = {
  name: "scale",
  consumes: [{ event: "remedy.requested", filter: { remedy: "scale" } }],
  produces: ["remedy.applied", "remedy.failed"],
  kubernetes: [
    ...readingRights,
    { resource: "deployments.apps", verbs: ["patch"], where: "enabled" },
    { resource: "statefulsets.apps", verbs: ["patch"], where: "enabled" },
    { resource: "horizontalpodautoscalers.autoscaling", verbs: ["patch"], where: "enabled" },
  ],
  environment: actionEnvironment,
};
