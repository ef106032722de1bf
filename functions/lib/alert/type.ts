/** What an alert is about; Triggers filter on it. */
export const alertTypes = [
  "crash",
  "memory",
  "cpu",
  "latency",
  "errors",
  "availability",
  "rollout",
  "scaling",
  "dependency",
  "node",
  "anomaly",
  "other",
] as const;

/** One of the closed list of alert types. */
export type AlertType = (typeof alertTypes)[number];

/** Alert names of kubernetes-mixin (the rules that kube-prometheus-stack ships), by type. */
const wellKnown: Readonly<Record<string, AlertType>> = {
  KubePodCrashLooping: "crash",
  KubePodNotReady: "availability",
  KubeContainerWaiting: "crash",
  KubeDeploymentReplicasMismatch: "availability",
  KubeDeploymentGenerationMismatch: "rollout",
  KubeDeploymentRolloutStuck: "rollout",
  KubeStatefulSetReplicasMismatch: "availability",
  KubeStatefulSetGenerationMismatch: "rollout",
  KubeStatefulSetUpdateNotRolledOut: "rollout",
  KubeDaemonSetRolloutStuck: "rollout",
  KubeDaemonSetNotScheduled: "availability",
  KubeHpaReplicasMismatch: "scaling",
  KubeHpaMaxedOut: "scaling",
  CPUThrottlingHigh: "cpu",
  KubeNodeNotReady: "node",
  KubeNodeUnreachable: "node",
  KubeNodePressure: "node",
  KubeNodeReadinessFlapping: "node",
};

/** The type of an alert: its rule's label `autoheal_type`, else a well-known name's, else `other`. */
export function alertTypeOf(labels: Readonly<Record<string, string>>): AlertType {
  const named = labels.autoheal_type;
  const declared = alertTypes.find((type) => type === named);
  const name = labels.alertname ?? "";
  return declared ?? (Object.hasOwn(wellKnown, name) ? wellKnown[name] : undefined) ?? "other";
}
