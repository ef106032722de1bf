import { type Cluster, ClusterError, isClusterError, type Resource } from "@autoheal/lib/drivers/kubernetes";
import type { Incident } from "@autoheal/lib/incident";
import { DeliveryError, type Involved, kubernetesEventOf } from "@autoheal/lib/notification";
import type { Channel } from "./channel.ts";

const resources = {
  Deployment: "deployments",
  StatefulSet: "statefulsets",
  DaemonSet: "daemonsets",
} as const satisfies Record<string, Resource>;

/** Kubernetes Events on the workload; their names are fixed, so that there is never a second one. */
export function eventChannel(cluster: Cluster): Channel {
  return {
    name: "event",
    claimed: false,
    send: async (incident, entry) => {
      const event = kubernetesEventOf(incident, entry, await involved(incident));
      try {
        await cluster.create("events", event.metadata.namespace, event);
      } catch (error) {
        if (!isClusterError(error, "AlreadyExists")) throw deliveryErrorOf(error);
      }
      return event.metadata.name;
    },
  };

  /** The workload with its uid, by which `kubectl describe` finds Events; undefined when it is gone or not ours to read. */
  async function involved(incident: Incident): Promise<Involved | undefined> {
    const { workload } = incident.spec;
    if (workload === undefined || workload.namespace !== incident.metadata.namespace) return undefined;
    const { kind, namespace, name } = workload;
    try {
      const found = await cluster.get(resources[kind], namespace, name);
      return found && { apiVersion: "apps/v1", kind, namespace, name, uid: found.metadata.uid };
    } catch (error) {
      if (isClusterError(error, "Forbidden")) return undefined;
      throw deliveryErrorOf(error);
    }
  }
}

/** A namespace that ends takes no new objects: `Forbidden` too. */
function deliveryErrorOf(error: unknown): DeliveryError {
  if (!(error instanceof ClusterError)) return new DeliveryError("Away", String(error));
  const final = error.reason === "Forbidden" || error.reason === "Invalid" || error.reason === "NotFound";
  return new DeliveryError(final ? "Refused" : "Away", error.message);
}
