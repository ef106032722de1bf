import type { FunctionContract } from "@autoheal/lib/contract";

/** What `anomaly-score` takes, posts and may do. */
export const contract: FunctionContract = {
  name: "anomaly-score",
  consumes: [{ event: "anomaly.requested" }, { ping: "tick", path: "/tick", straight: true }],
  produces: ["anomaly.scored"],
  kubernetes: [
    { resource: "namespaces", verbs: ["list"], where: "cluster" },
    { resource: "deployments.apps", verbs: ["list"], where: "cluster" },
    { resource: "statefulsets.apps", verbs: ["list"], where: "cluster" },
    { resource: "daemonsets.apps", verbs: ["list"], where: "cluster" },
    { resource: "replicasets.apps", verbs: ["list"], where: "cluster" },
    { resource: "controllerrevisions.apps", verbs: ["list"], where: "cluster" },
    { resource: "incidents.autoheal.dev", verbs: ["list"], where: "cluster" },
  ],
  environment: [
    "K_SINK",
    "PROMETHEUS_URL",
    "ALERTMANAGER_URL",
    "AUTOHEAL_ANOMALY_TOKENS",
    "AUTOHEAL_ANOMALY_TOKENS_FILE",
    "AUTOHEAL_ANOMALY_REQUESTS_PER_MINUTE",
    "AUTOHEAL_ANOMALY_STEP",
    "AUTOHEAL_ANOMALY_BASELINE",
    "AUTOHEAL_ANOMALY_JUDGED",
    "AUTOHEAL_ANOMALY_FALSE_ALARM_EVERY",
    "AUTOHEAL_ANOMALY_ENGINE",
    "AUTOHEAL_ANOMALY_SETTLING",
    "AUTOHEAL_ANOMALY_BUILD_UP",
    "AUTOHEAL_ANOMALY_TICK",
    "AUTOHEAL_CLUSTER",
    "AUTOHEAL_RATE_WINDOW",
    "AUTOHEAL_CONTAINER_WINDOW",
  ],
};
