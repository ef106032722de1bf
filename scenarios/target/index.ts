/** A target is where scenarios are run: the sandbox, or the cluster of the current kubeconfig context. */
export { clusterTarget } from "./cluster.ts";
export { type Kubernetes, KubernetesError, type KubernetesObject, type ObjectRef } from "./kubernetes.ts";
export { type SandboxTarget, sandboxTarget } from "./sandbox.ts";
export { type PodRef, type Target, TargetError } from "./target.ts";
