import type { FunctionContract } from "@autoheal/lib/contract";

/** What `notify` takes and may do. */
export const contract: FunctionContract = {
  name: "notify",
  consumes: [
    { event: "remedy.proposed" },
    { event: "incident.opened" },
    { event: "incident.diagnosed" },
    { event: "incident.held" },
    { event: "incident.escalated" },
    { event: "incident.recovered" },
    { event: "incident.closed" },
  ],
  produces: [],
  kubernetes: [
    { resource: "incidents.autoheal.dev", verbs: ["get"], where: "cluster" },
    { resource: "incidents.autoheal.dev/status", verbs: ["patch"], where: "cluster" },
    { resource: "deployments.apps", verbs: ["get"], where: "cluster" },
    { resource: "statefulsets.apps", verbs: ["get"], where: "cluster" },
    { resource: "daemonsets.apps", verbs: ["get"], where: "cluster" },
    { resource: "events", verbs: ["create"], where: "cluster" },
  ],
  environment: [
    "SLACK_BOT_TOKEN",
    "SLACK_CHANNEL",
    "SLACK_API_URL",
    "SMTP_URL",
    "MAIL_FROM",
    "MAIL_TO",
    "AUTOHEAL_NOTIFY_CLAIM",
  ],
};
