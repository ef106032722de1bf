import type { Right } from "../contract/index.ts";

const read = ["get", "list"] as const;

/** What every action function reads to check everything again right before it writes; it writes nothing by these. */
export const readingRights: readonly Right[] = [
  { resource: "incidents.autoheal.dev", verbs: ["get"], where: "cluster" },
  { resource: "healingledgers.autoheal.dev", verbs: ["get"], where: "cluster" },
  { resource: "healingpolicies.autoheal.dev", verbs: read, where: "cluster" },
  { resource: "namespaces", verbs: ["get"], where: "cluster" },
  { resource: "pods", verbs: ["list"], where: "cluster" },
  { resource: "deployments.apps", verbs: ["get"], where: "cluster" },
  { resource: "statefulsets.apps", verbs: ["get"], where: "cluster" },
  { resource: "daemonsets.apps", verbs: ["get"], where: "cluster" },
  { resource: "replicasets.apps", verbs: ["list"], where: "cluster" },
  { resource: "controllerrevisions.apps", verbs: ["list"], where: "cluster" },
  { resource: "horizontalpodautoscalers.autoscaling", verbs: ["list"], where: "cluster" },
];

/** The environment of every action function. */
export const actionEnvironment = [
  "K_SINK",
  "AUTOHEAL_NAMESPACE",
  "AUTOHEAL_PROTECTED_NAMESPACES",
  "ALERTMANAGER_URL",
] as const;
