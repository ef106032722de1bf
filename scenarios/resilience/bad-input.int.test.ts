/** Bad input, end to end: what is refused leaves no trace behind, and what leads to no workload is kept and always held. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ground, startGround, type WebhookAlert, webhookOf } from "./ground.ts";
import { admit, type Patient } from "./patient.ts";
import { until } from "./until.ts";

let ground: Ground;
let patient: Patient;
const posted: string[] = [];

beforeAll(async () => {
  ground = await startGround({ environment: { AUTOHEAL_CLUSTER: "here" } });
  ground.sandbox.knative.onPost(({ broker, event: { attributes } }, phase) => {
    if (phase === "before" && broker === "alerts") posted.push(String(attributes.subject));
    return undefined;
  });
  patient = await admit(ground, "shop", "badImage");
});

afterAll(() => ground?.close());

describe("refused, and nobody is told of it", () => {
  const good = () => webhookOf(patient.firing());
  const withAlert = (change: object) => JSON.stringify({ ...good(), alerts: [{ ...patient.firing()[0], ...change }] });
  const rows: [input: string, status: number, body: () => string][] = [
    ["not JSON", 400, () => "{"],
    ["another version", 400, () => JSON.stringify({ ...good(), version: "3" })],
    ["an alert without labels", 400, () => withAlert({ labels: undefined })],
    ["an alert without a name", 400, () => withAlert({ labels: { namespace: "shop", deployment: "web" } })],
    ["11 MB", 413, () => JSON.stringify({ ...good(), more: "x".repeat(11 * 1024 * 1024) })],
  ];
  test.each(rows)("%s: %i", async (_input, status, body) => {
    expect(await ground.post([], { body: body() })).toBe(status);
    expect(posted).toEqual([]);
  });

  test.each(["", "another"])("the token %j: 401", async (token) => {
    expect(await ground.post(patient.firing(), { token })).toBe(401);
    expect(posted).toEqual([]);
  });

  test("no incident came of any of it", () => {
    expect(ground.sandbox.api.store.list("incidents.autoheal.dev")).toEqual([]);
  });
});

describe("an alert that leads to no workload is kept in AutoHeal's namespace and held, until it is resolved", () => {
  const rows: [sentence: string, labels: Record<string, string>, subject: string][] = [
    ["an unknown workload", { namespace: "shop", deployment: "none" }, "shop/Deployment/none"],
    ["a namespace that is not there", { namespace: "none", deployment: "web" }, "none/Deployment/web"],
    [
      "a pod that is gone, with its ReplicaSet",
      { namespace: "shop", pod: "web-5d8f-x2x2x" },
      "shop/Pod/web-5d8f-x2x2x",
    ],
    ["a foreign cluster", { namespace: "shop", deployment: "web", cluster: "elsewhere" }, "/Nothing/ForeignCluster"],
    ["two workloads", { namespace: "shop", deployment: "web", statefulset: "web" }, "/Nothing/SeveralWorkloads"],
    ["no target", { team: "shop" }, "/Nothing/NoTargetLabels"],
    ["a name that leads elsewhere", { namespace: "..", deployment: "../../x" }, "../Deployment/../../x"],
  ];
  test.concurrent.each(rows)("%s", async (sentence, labels, subject) => {
    const [pattern] = patient.firing();
    if (pattern === undefined) throw new Error("there is no alert");
    const alert: WebhookAlert = {
      ...pattern,
      labels: { alertname: "Ill", severity: "critical", ...labels },
      fingerprint: sentence.replaceAll(" ", "-"),
    };
    const found = () => {
      const incidents = ground.sandbox.api.store.list("incidents.autoheal.dev");
      return incidents.filter(({ spec }) => spec.subject === subject);
    };
    await ground.deliver([alert]);
    await until("it is held", 20, () => found()[0]?.status?.hold?.reason === "TargetUnknown");
    await ground.deliver([{ ...alert, status: "resolved", endsAt: new Date().toISOString() }]);
    await until("it is closed", 20, () => found()[0]?.status?.phase === "Closed");
    expect(found()).toMatchObject([
      { metadata: { namespace: "autoheal" }, status: { outcome: "Held", remediations: [] } },
    ]);
    expect(found()[0]?.spec.workload).toBeUndefined();
  });
});

test("an alert for a pod that is gone leads to its Deployment, by its ReplicaSet: nothing is wrong there, so nothing is done", async () => {
  const [pod] = patient.pods();
  const [alert] = patient.firing();
  if (alert === undefined) throw new Error("there is no alert");
  const ofPod = {
    ...alert,
    labels: { alertname: "Ill", severity: "critical", namespace: "shop", pod: pod.metadata.name },
  };
  const { store } = ground.sandbox.api;
  store.delete("pods", "shop", pod.metadata.name);
  await until("another one is ready", 20, () => {
    const isGone = store.get("pods", "shop", pod.metadata.name) === undefined;
    return isGone && patient.deployment().status.readyReplicas === 1;
  });
  await ground.deliver([ofPod]);
  await until("it is held", 20, () => patient.incident()?.status?.hold?.reason === "NothingWrong");
  expect(patient.incident().spec.subject).toBe("shop/Deployment/web");
  await ground.deliver([{ ...ofPod, status: "resolved", endsAt: new Date().toISOString() }]);
  await until("it is closed", 20, () => patient.incident()?.status?.phase === "Closed");
  expect(patient.incident().status).toMatchObject({ outcome: "Held", remediations: [] });
});

test("in the end nothing was written anywhere", () => {
  expect(ground.writes).toEqual([]);
});
