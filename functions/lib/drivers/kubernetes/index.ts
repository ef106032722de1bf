/** The driver of the Kubernetes API: the only place that knows client-node. */
import { type Cluster, clusterOver } from "./cluster.ts";
import { kubeconfigTransport } from "./transport.ts";

export { actionDoors } from "./action.ts";
export type { Change, Cluster, ClusterObject, Selection } from "./cluster.ts";
export { ClusterError, type ClusterReason, isClusterError } from "./errors.ts";
export { type LimitsSubject, loadLedger, loadPolicy } from "./read-limits.ts";
export { loadObjects, loadWorkload, type Owner, ownerOf, workloadResources } from "./read-workload.ts";
export type { Resource } from "./resources.ts";

/** A cluster that is looked up when it is first asked, or by `load`: at leisure, once the process is ready. */
export interface LateCluster extends Cluster {
  /** Throws when there is nobody to talk to. */
  load(): void;
}

/** The cluster that KUBECONFIG or the pod's service account points at. */
export function connectCluster(): LateCluster {
  const { transport, load } = kubeconfigTransport();
  return { ...clusterOver(transport), load };
}
