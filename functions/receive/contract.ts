import type { FunctionContract } from "@autoheal/lib/contract";

/** What `receive` takes, posts and may do. */
export const contract: FunctionContract = {
  name: "receive",
  consumes: [{ event: "notification.received", path: "/broker" }],
  produces: ["alerts.received"],
  kubernetes: [],
  environment: [
    "K_SINK",
    "AUTOHEAL_CLUSTER",
    "AUTOHEAL_RECEIVE_TOKENS",
    "AUTOHEAL_RECEIVE_TOKENS_FILE",
    "AUTOHEAL_RECEIVE_BROKER",
  ],
};
