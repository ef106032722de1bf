import { expect } from "vitest";
import type { Ground, WebhookAlert } from "./ground.ts";
import { until } from "./until.ts";

/** What a patient falls ill with, and which remedy heals it. */
export const illnesses = {
  /** Its one pod runs and is not ready any more. */
  hang: "restart",
  /** A new revision whose image does not exist. */
  badImage: "rollback",
  /** Its traffic has grown beyond what one pod can do. */
  traffic: "scale",
} as const;

/** What a patient falls ill with. */
export type Illness = keyof typeof illnesses;

// biome-ignore lint/suspicious/noExplicitAny: an Incident, read by the tests as users read it.
type IncidentObject = any;

/** A small workload that can be made ill: one pod, which is a process that answers a probe. */
export interface Patient {
  namespace: string;
  illness: Illness;
  fallIll(): Promise<void>;
  firing(): WebhookAlert[];
  resolved(): WebhookAlert[];
  incidents(): IncidentObject[];
  /** The only incident; undefined when there is none, or more. */
  incident(): IncidentObject;
  // biome-ignore lint/suspicious/noExplicitAny: a Deployment.
  deployment(): any;
  // biome-ignore lint/suspicious/noExplicitAny: Pods.
  pods(): any[];
  /** What action functions wrote in its namespace. */
  writes(): string[];
  /**
   * Asserts that the incident ended right, with one remediation, one effect on the workload, and one message for each
   * entry. With `refusals`, remediations that were held, and wrote nothing, may stand beside it.
   */
  expectHealedOnce(options?: { refusals: boolean }): void;
}

const name = "web";
const app = `
  let ready = true;
  require("node:http").createServer((request, response) => {
    if (request.method === "POST") ready = false;
    response.writeHead(ready ? 200 : 503).end();
  }).listen(8080, process.env.POD_IP);
  process.on("SIGTERM", () => process.exit(0));
`;

/** Deploys a patient, and waits until it is well. */
export async function admit(ground: Ground, namespace: string, illness: Illness): Promise<Patient> {
  const { api, enable } = ground.sandbox;
  const { store } = api;
  await enable(namespace);
  await api.apply([deploymentIn(namespace)]);
  const deployment = () => store.get("deployments.apps", namespace, name);
  const pods = () => store.list("pods", { namespace }).filter(({ metadata }) => !metadata.deletionTimestamp);
  await until(`${namespace} is ready`, 30, () => deployment()?.status?.readyReplicas === 1);
  const [first] = pods();
  const image = deployment()?.spec.template.spec.containers[0].image;
  const startsAt = new Date().toISOString();
  const alert = (status: WebhookAlert["status"], endsAt: string): WebhookAlert => ({
    status,
    labels: { alertname: "Ill", severity: "critical", autoheal_type: "availability", namespace, deployment: name },
    annotations: { summary: `${name} is ill` },
    startsAt,
    endsAt,
    fingerprint: `of-${namespace}`,
  });
  const incidents = () => store.list("incidents.autoheal.dev", { namespace });
  const podsEver = new Set(pods().map(({ metadata }) => metadata.uid));
  store.watch("pods", ({ object: { metadata } }) => {
    if (metadata.namespace === namespace) podsEver.add(metadata.uid);
  });
  const patient: Patient = {
    namespace,
    illness,
    deployment,
    pods,
    incidents,
    incident: () => (incidents().length === 1 ? incidents()[0] : undefined),
    firing: () => [alert("firing", "0001-01-01T00:00:00Z")],
    resolved: () => [alert("resolved", new Date().toISOString())],
    writes: () => ground.writes.filter((write) => write.namespace === namespace).map(({ what }) => what),
    fallIll: async () => {
      switch (illness) {
        case "traffic":
          return ground.metrics.rise(namespace);
        case "badImage":
          store.modify("deployments.apps", namespace, name, (draft) => {
            draft.spec.template.spec.containers[0].image = "autoheal/none:1";
          });
          return void (await until(`${namespace} is stuck`, 20, () => isStuck(deployment())));
        case "hang": {
          // A pod that was ready for less than a second could have been unready all along, as times have whole seconds.
          const since = Date.parse(first?.status.containerStatuses[0].state.running.startedAt);
          await until(`${namespace} has run for a while`, 5, () => Date.now() > since + 2_100);
          await fetch(`http://${first?.status.podIP}:8080/`, { method: "POST" });
          return void (await until(`${namespace} is not ready`, 20, () => deployment()?.status?.readyReplicas !== 1));
        }
      }
    },
    expectHealedOnce: ({ refusals } = { refusals: false }) => {
      const incident = patient.incident();
      expect(incidents()).toHaveLength(1);
      const { status, metadata } = incident;
      expect(status).toMatchObject({ phase: "Closed", outcome: "Succeeded" });
      const all: { outcome?: string }[] = status.remediations;
      expect(refusals ? all.filter(({ outcome }) => outcome !== "Held") : all).toMatchObject([
        { id: `${metadata.uid}-1`, remedy: illnesses[illness], state: "Finished", outcome: "Succeeded" },
      ]);
      const mark = `patch deployments.apps ${name}`;
      const eviction = `create pods/eviction ${first?.metadata.name}`;
      // Evicting a pod, by its uid, that is on its way out already is no further effect.
      const effects = patient.writes().filter((write, i, all) => write === mark || all.indexOf(write) === i);
      expect(effects).toEqual(illness === "hang" ? [eviction, mark] : [mark]);
      expect(podsEver.size).toBe(2);
      const { spec, status: now } = patient.deployment();
      expect(now.readyReplicas).toBe(spec.replicas);
      expect(spec.replicas).toBe(illness === "traffic" ? 2 : 1);
      expect(spec.template.spec.containers[0].image).toBe(image);
      expect(pods().some(({ metadata }) => metadata.uid === first?.metadata.uid)).toBe(illness !== "hang");
      expect(tokensOf(ground, namespace)).toEqual(
        illness === "hang" ? [`${metadata.uid}-1`] : [`${metadata.uid}-1`, `${metadata.uid}-1-undo`],
      );
      const entries = status.outbox.map(({ id }: { id: string }) => id);
      expect(status.outbox.map(({ event }: { event: string }) => event)).toEqual(["opened", "diagnosed", "recovered"]);
      expect(slackEntries(ground, metadata.uid)).toEqual(entries);
    },
  };
  return patient;
}

/** The ids of the tokens that the ledger holds for the workload of a namespace. */
export function tokensOf(ground: Ground, namespace: string): string[] {
  const ledger = ground.sandbox.api.store.get("healingledgers.autoheal.dev", undefined, "default");
  const tokens: { id: string; workload: string }[] = ledger?.status?.tokens ?? [];
  return tokens.filter(({ workload }) => workload === `${namespace}/Deployment/${name}`).map(({ id }) => id);
}

/** The outbox entries that were posted to Slack for an incident, in order. */
export function slackEntries({ slack }: Ground, incident: string): unknown[] {
  return slack.messages
    .map(({ metadata }) => metadata?.event_payload)
    .filter((payload) => payload?.incident === incident)
    .map((payload) => payload?.entry);
}

/** Lets a patient fall ill and be healed, however it is disturbed; ends when all is told. */
export async function heal(ground: Ground, patient: Patient): Promise<void> {
  await patient.fallIll();
  await ground.deliver(patient.firing());
  await recovery(ground, patient);
}

/** From the alert on: has it resolved once the remedy is applied, and waits until all is told. */
export async function recovery(
  ground: Ground,
  patient: Patient,
  resolve: () => Promise<unknown> = () => ground.deliver(patient.resolved()),
): Promise<void> {
  const { namespace } = patient;
  const state = () => patient.incident()?.status?.remediations[0]?.state;
  await until(`${namespace}: applied`, 40, () => state() === "Applied" || state() === "Finished");
  await resolve();
  await until(`${namespace}: closed`, 40, () => patient.incident()?.status?.phase === "Closed");
  await untilTold(ground, patient);
}

/** Waits until Slack has every message; what a lost event held up is found by the tick, which comes when nothing else does. */
async function untilTold(ground: Ground, patient: Patient): Promise<void> {
  const told = () => {
    const { outbox, deliveries = [] } = patient.incident().status;
    return outbox.every(({ id }: { id: string }) =>
      ["slack", "event"].every((channel) =>
        deliveries.some(
          (one: Record<string, string>) => one.entry === id && one.channel === channel && one.state === "Sent",
        ),
      ),
    );
  };
  for (let ticks = 0; ticks < 20; ticks++) {
    try {
      return void (await until(`${patient.namespace}: all is told`, 1, told));
    } catch (error) {
      if (ticks === 19) throw error;
      await ground.tick();
    }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a Deployment.
function isStuck(deployment: any): boolean {
  const conditions: { reason: string }[] = deployment?.status?.conditions ?? [];
  return conditions.some(({ reason }) => reason === "ProgressDeadlineExceeded");
}

function deploymentIn(namespace: string): object {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      // Seconds of Kubernetes: a twentieth of that here.
      progressDeadlineSeconds: 20,
      selector: { matchLabels: labels },
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 20,
          containers: [
            {
              name,
              image: "autoheal/auth:1.0.0",
              command: [process.execPath, "-e", app],
              env: [{ name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } }],
              readinessProbe: { httpGet: { path: "/", port: 8080 }, periodSeconds: 1, failureThreshold: 1 },
            },
          ],
        },
      },
    },
  };
}
