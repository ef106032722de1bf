import { randomUUID } from "node:crypto";
import { type Slack, startSlack } from "../../functions/lib/testing/slack/index.ts";
import { type Sandbox, startSandbox } from "../../sandbox/index.ts";
import { startTrafficMetrics, type TrafficMetrics } from "./traffic-metrics.ts";
import { until } from "./until.ts";

/** An alert as Alertmanager's webhook has it. */
export interface WebhookAlert {
  status: "firing" | "resolved";
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt: string;
  fingerprint: string;
}

/** One write to the cluster by an action function, as it was carried out. */
export interface Write {
  by: string;
  namespace: string | undefined;
  /** `verb resource name`. */
  what: string;
}

/** The whole sandbox with Slack, on which heals are disturbed. */
export interface Ground {
  sandbox: Sandbox;
  slack: Slack;
  metrics: TrafficMetrics;
  /** Every write of restart, scale and rollback that was carried out, in order. */
  writes: Write[];
  /** Posts a webhook once, and gives the status; 0 when there was no answer. */
  post(alerts: readonly WebhookAlert[], more?: { token?: string; body?: BodyInit }): Promise<number>;
  /** Posts a webhook as Alertmanager does: again after a 5xx or no answer. Gives the statuses. */
  deliver(alerts: readonly WebhookAlert[]): Promise<number[]>;
  /** Posts an event to Broker "healing", as anybody in the cluster could. */
  tell(type: string, data: object, extensions?: Record<string, string>): Promise<number>;
  /** What the PingSource `tick` posts every 5 minutes. */
  tick(): Promise<number>;
  close(): Promise<void>;
}

const slackToken = "xoxb-sandbox";
const slackChannelId = "C0SANDBOX";

/** Starts it without Prometheus and Alertmanager, unless `monitoring`: then alerts count as they are posted. */
export async function startGround(
  options: { monitoring?: boolean; environment?: Record<string, string> } = {},
): Promise<Ground> {
  const { monitoring = false, environment = {} } = options;
  const slack = await startSlack({ token: slackToken, channels: [slackChannelId] });
  let started: Sandbox | undefined;
  const running = (): Sandbox => {
    if (started === undefined) throw new Error("the sandbox has not started yet");
    return started;
  };
  const metrics = await startTrafficMetrics(running);
  const sandbox = await startSandbox({
    monitoring,
    environment: {
      SLACK_BOT_TOKEN: slackToken,
      SLACK_CHANNEL: slackChannelId,
      SLACK_API_URL: slack.url,
      AUTOHEAL_HANG_AFTER: "1s",
      AUTOHEAL_NOTIFY_CLAIM: "3s",
      ...(monitoring ? {} : { PROMETHEUS_URL: metrics.url }),
      ...environment,
    },
  });
  started = sandbox;
  const { api, knative } = sandbox;
  await api.apply([quickPolicy]);

  const writes: Write[] = [];
  api.intercept(({ user, verb, resource, subresource, namespace, name }, phase) => {
    const by = /^system:serviceaccount:autoheal:(restart|scale|rollback)$/.exec(user)?.[1];
    if (!by || phase !== "committed" || ["get", "list", "watch"].includes(verb)) return;
    writes.push({ by, namespace, what: `${verb} ${resource}${subresource ? `/${subresource}` : ""} ${name}` });
  });

  const send = async (url: string, headers: Record<string, string>, body: BodyInit): Promise<number> => {
    try {
      const answer = await fetch(url, { method: "POST", headers, body });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return 0;
    }
  };
  const post: Ground["post"] = (alerts, { token = sandbox.receiveToken, body } = {}) =>
    send(
      `${knative.urlOf("receive")}/alerts`,
      { "content-type": "application/json", authorization: `Bearer ${token}` },
      body ?? JSON.stringify(webhookOf(alerts)),
    );
  const tell: Ground["tell"] = (type, data, extensions = {}) =>
    send(
      knative.ingressUrl("autoheal", "healing"),
      {
        "content-type": "application/json",
        ...{ "ce-specversion": "1.0", "ce-id": randomUUID(), "ce-source": "/anybody", "ce-type": type },
        ...Object.fromEntries(Object.entries(extensions).map(([name, value]) => [`ce-${name}`, value])),
      },
      JSON.stringify(data),
    );
  return {
    sandbox,
    slack,
    metrics,
    writes,
    post,
    deliver: async (alerts) => {
      const statuses: number[] = [];
      const deadline = performance.now() + 30_000;
      for (;;) {
        const status = await post(alerts);
        statuses.push(status);
        if (status >= 200 && status < 300) return statuses;
        if (status !== 0 && status < 500) throw new Error(`receive answered ${status}: Alertmanager would give up`);
        if (performance.now() > deadline) throw new Error(`receive took nothing for 30 s: ${statuses.join(" ")}`);
        await until("back-off", 1, pause(200));
      }
    },
    tell,
    tick: () => tell("dev.knative.sources.ping", {}, { autohealwake: "tick" }),
    close: async () => {
      await sandbox.close();
      await slack.close();
      await metrics.close();
    },
  };
}

/** True once so many milliseconds have passed: a sender's back-off. */
function pause(milliseconds: number): () => true | undefined {
  const end = performance.now() + milliseconds;
  return () => (performance.now() >= end ? true : undefined);
}

/** The cluster's default policy, with a proof that takes a second, for as many patients as there are tests. */
const quickPolicy = {
  apiVersion: "autoheal.dev/v1alpha1",
  kind: "HealingPolicy",
  metadata: { name: "default", namespace: "autoheal" },
  spec: {
    limits: {
      stableForSeconds: 1,
      cooldownSeconds: 60,
      budget: { actions: 3, windowSeconds: 3600 },
      storm: { workloads: 1000, windowSeconds: 60 },
    },
  },
};

/** Alertmanager's webhook, version 4. */
export function webhookOf(alerts: readonly WebhookAlert[]): object {
  return {
    version: "4",
    groupKey: '{}:{namespace="x"}',
    truncatedAlerts: 0,
    status: alerts.some(({ status }) => status === "firing") ? "firing" : "resolved",
    receiver: "autoheal",
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: "http://alertmanager",
    alerts,
  };
}
