import type { WorkloadKind } from "../alert/index.ts";

/** Which workload: its kind, namespace and name. */
export interface WorkloadRef {
  kind: WorkloadKind;
  namespace: string;
  name: string;
}

/** A workload and all that belongs to it, as it was read from the cluster at one moment. */
export interface Workload extends WorkloadRef {
  uid: string;
  resourceVersion: string;
  /** Counted up by the API server with each change of the spec. */
  generation: number;
  labels: Readonly<Record<string, string>>;
  /** Replicas wanted (`spec.replicas`); for a DaemonSet, the nodes it is meant for. */
  replicas: number;
  readyReplicas: number;
  /** Where the newest template is on its way: only `Complete` workloads may be touched. */
  rollout: "Complete" | "Progressing" | "Stuck";
  /** Since when its rollout is stuck: the condition of one rollout stands until the next one makes progress. */
  stuckSince: string | undefined;
  /** How pods are replaced when the template changes; `OnDelete` also where a partition keeps some back. */
  strategy: "Rolling" | "Recreate" | "OnDelete";
  /** True for a StatefulSet that replaces its pods one by one, and waits for each (`OrderedReady`): also for one that never gets ready. */
  ordered: boolean;
  /** True for a StatefulSet whose pods have volumes of their own. */
  keepsData: boolean;
  /** How many pods a rolling replacement may take away at a time, from the strategy. */
  maxUnavailable: number;
  paused: boolean;
  /** The id of the last remediation written to it: the annotation `autoheal.dev/remediation`. */
  mark: string | undefined;
  /** When the workload itself was created. */
  createdAt: string;
  /** The fingerprint of the pod template that it asks for, as its revisions have one. */
  template: string;
  /** All revisions that the cluster still has, the current one first, then by descending number. */
  revisions: readonly Revision[];
  pods: readonly Pod[];
  autoscaler: Autoscaler | undefined;
  /** Undefined: nobody but people writes its spec. */
  keeper: Keeper | undefined;
  /** Names of the services that it depends on: the annotation `autoheal.dev/depends-on`. */
  dependsOn: readonly string[];
}

/** A ReplicaSet of a Deployment, or a ControllerRevision of another workload. */
export interface Revision {
  name: string;
  uid: string;
  number: number;
  createdAt: string;
  /** What tells this revision's pod template from others, restarts left aside. */
  fingerprint: string;
  /** Pods of this revision that are ready now. */
  readyPods: number;
}

/** One pod. */
export interface Pod {
  name: string;
  uid: string;
  /** The name of its revision. */
  revision: string | undefined;
  createdAt: string;
  phase: string;
  ready: boolean;
  /** When `ready` last changed. */
  readySince: string | undefined;
  deleting: boolean;
  unschedulable: boolean;
  containers: readonly Container[];
}

/** One container of a pod. */
export interface Container {
  name: string;
  ready: boolean;
  restarts: number;
  /** When the process that runs now began; undefined while none runs. */
  runningSince: string | undefined;
  /** Why none runs, such as `CrashLoopBackOff`, `ImagePullBackOff`, `CreateContainerConfigError`. */
  waiting: string | undefined;
  waitingMessage: string | undefined;
  lastTermination: Termination | undefined;
}

/** How a container's process ended. */
export interface Termination {
  /** `Error`, `OOMKilled`, `Completed`, ... */
  reason: string;
  exitCode: number;
  at: string;
}

/** A HorizontalPodAutoscaler that owns the workload's replicas. */
export interface Autoscaler {
  name: string;
  uid: string;
  minReplicas: number;
  maxReplicas: number;
  currentReplicas: number;
  keeper: Keeper | undefined;
}

/** Who writes an object's spec beside people, and sets back what others change in it. */
export interface Keeper {
  /** `Operator`: all of it, as its controller reference says; `GitOps`: what stands in a repository. */
  kind: "Operator" | "GitOps";
  /** What people call it, such as `Kafka events` or `Argo CD`. */
  name: string;
}

/** `namespace/kind/name`: how events, metrics and the ledger call a workload. */
export function workloadSubject({ namespace, kind, name }: WorkloadRef): string {
  return `${namespace}/${kind}/${name}`;
}

/** The revision that the workload's template is now. */
export function currentRevision(workload: Workload): Revision | undefined {
  return workload.revisions[0];
}

/**
 * When what runs now was first rolled out: a restart makes a new ReplicaSet of the same template, so the oldest of the
 * unbroken run of equal templates counts.
 */
export function rolledOutAt(workload: Workload): string {
  const [current] = workload.revisions;
  let at = current?.createdAt ?? workload.createdAt;
  for (const revision of workload.revisions) {
    if (revision.fingerprint !== current?.fingerprint) break;
    if (revision.createdAt < at) at = revision.createdAt;
  }
  return at;
}

/** Revisions with another template than the current one, the latest first. */
export function earlierRevisions(workload: Workload): Revision[] {
  const current = currentRevision(workload);
  return workload.revisions.filter(({ fingerprint }) => fingerprint !== current?.fingerprint);
}

/**
 * Pods that neither are on their way out nor have ended, as controllers count them (k8s.io/kubernetes, pkg/controller:
 * IsPodActive). With `restartPolicy: Always` a pod ends when its node evicts it or shuts down: what its containers ended
 * with then is no crash, and it lies about long after another one has taken its place.
 */
export function livePods(workload: Workload): Pod[] {
  return workload.pods.filter(({ deleting, phase }) => !deleting && phase !== "Failed" && phase !== "Succeeded");
}

/** Pods that are ready and stay. */
export function healthyPods(workload: Workload): Pod[] {
  return livePods(workload).filter(({ ready }) => ready);
}
