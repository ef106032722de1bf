import { postTo } from "@autoheal/lib/drivers/broker";
import { actionDoors, connectCluster } from "@autoheal/lib/drivers/kubernetes";
import { start } from "@autoheal/lib/runtime";
import { handleAction, readActionConfig } from "@autoheal/lib/runtime/action";
import { plan } from "./plan.ts";

void start("restart", (environment) => {
  const { sink, ownNamespace, settings } = readActionConfig(environment);
  const cluster = connectCluster();
  const doors = actionDoors(cluster, ownNamespace, () => new Date());
  return {
    load: cluster.load,
    handle: handleAction({ remedy: "restart", plan, settings, doors, post: postTo(sink, "/autoheal/restart") }),
  };
});
