/**
 * A workload is a Deployment, StatefulSet or DaemonSet: what is healed. Pods come and go with it; it is found by
 * following controller `ownerReferences` to the end.
 */
export { markAnnotation, readWorkload, templateOf, type WorkloadObjects } from "./read.ts";
export { restartedAt, templateFingerprint, withoutControllerLabels } from "./template.ts";
export {
  type Autoscaler,
  type Container,
  currentRevision,
  earlierRevisions,
  healthyPods,
  type Keeper,
  livePods,
  type Pod,
  type Revision,
  rolledOutAt,
  type Termination,
  type Workload,
  type WorkloadRef,
  workloadSubject,
} from "./workload.ts";
