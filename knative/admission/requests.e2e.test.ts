import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { make } from "../api-server/trial-namespace.ts";
import { type Actor, actors } from "./ground.ts";
import { refusal, type Stage, setStage, template, workloads } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
  for (const name of ["to-stay"]) {
    const spec = template.spec;
    await make(stage.api.admin, `/api/v1/namespaces/${stage.namespace}/pods`, { metadata: { name }, spec });
  }
});
afterAll(() => stage?.close());

const podPath = (name: string) => `/api/v1/namespaces/${stage.namespace}/pods/${name}`;

const refused = (actor: Actor, what: string) => ({
  status: 403,
  body: { message: expect.stringMatching(refusal(actor, what)) },
});

type Request = [what: string, method: string, path: () => string, body?: object];

const inNamespace = (path: string) => path.replace("NAMESPACE", stage.namespace);
const at = (path: string) => () => inNamespace(path);
const core = "/api/v1/namespaces/NAMESPACE";
const apps = "/apis/apps/v1/namespaces/NAMESPACE";
const scaleOf = { apiVersion: "autoscaling/v1", kind: "Scale", metadata: { name: "web" }, spec: { replicas: 5 } };

const forNobody: Request[] = [
  [
    "CREATE deployments.apps",
    "POST",
    at(`${apps}/deployments`),
    { metadata: { name: "new" }, spec: workloads.deployments },
  ],
  ["DELETE deployments.apps", "DELETE", at(`${apps}/deployments/web`)],
  ["DELETE statefulsets.apps", "DELETE", at(`${apps}/statefulsets/web`)],
  ["DELETE all replicasets.apps", "DELETE", at(`${apps}/replicasets`)],
  ["UPDATE deployments.apps/scale", "PATCH", at(`${apps}/deployments/web/scale`), { spec: { replicas: 5 } }],
  ["UPDATE statefulsets.apps/scale", "PUT", at(`${apps}/statefulsets/web/scale`), scaleOf],
  [
    "(UPDATE deployments.apps/status|change )",
    "PATCH",
    at(`${apps}/deployments/web/status`),
    { status: { replicas: 5 } },
  ],
  ["CREATE pods", "POST", at(`${core}/pods`), { metadata: { name: "new" }, spec: template.spec }],
  ["(UPDATE pods|change metadata.labels)", "PATCH", at(`${core}/pods/to-stay`), { metadata: { labels: { a: "b" } } }],
  ["CONNECT pods/exec", "POST", at(`${core}/pods/to-stay/exec?command=true&stdout=true`)],
  [
    "CREATE pods/binding",
    "POST",
    at(`${core}/pods/to-stay/binding`),
    { metadata: { name: "to-stay" }, target: { name: "node" } },
  ],
  ["DELETE all pods", "DELETE", at(`${core}/pods`)],
  ["CREATE configmaps", "POST", at(`${core}/configmaps`), { metadata: { name: "new" } }],
  ["CREATE secrets", "POST", at(`${core}/secrets`), { metadata: { name: "new" } }],
  [
    "CREATE leases.coordination.k8s.io",
    "POST",
    at("/apis/coordination.k8s.io/v1/namespaces/NAMESPACE/leases"),
    { metadata: { name: "new" } },
  ],
  ["CREATE serviceaccounts/token", "POST", at(`${core}/serviceaccounts/stranger/token`), { spec: {} }],
  [
    "CREATE incidents.autoheal.dev",
    "POST",
    at("/apis/autoheal.dev/v1alpha1/namespaces/NAMESPACE/incidents"),
    {
      ...{ apiVersion: "autoheal.dev/v1alpha1", kind: "Incident", metadata: { name: "new" } },
      spec: { subject: "a", openedAt: "2026-01-01T12:00:00Z" },
    },
  ],
];
const evict: Request = [
  "CREATE pods/eviction",
  "POST",
  at(`${core}/pods/to-stay/eviction`),
  { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "to-stay" } },
];
const deletePod: Request = ["DELETE pods", "DELETE", at(`${core}/pods/to-stay`)];

describe("all other writes are refused, whatever RBAC says", () => {
  test.each([
    ...actors.flatMap((actor) => forNobody.map((request): [Actor, ...Request] => [actor, ...request])),
    ...(["scale", "rollback"] as const).flatMap((actor) =>
      [evict, deletePod].map((one): [Actor, ...Request] => [actor, ...one]),
    ),
  ])("%s may not %s", async (actor, what, method, path, body) => {
    expect(await stage.as[actor](method, path(), body)).toMatchObject(refused(actor, what));
  });

  test("nothing of it was done", async () => {
    expect(await stage.read(podPath("to-stay"))).toMatchObject({ metadata: { name: "to-stay" } });
    const count = async (path: string) => (await stage.read(inNamespace(path))).items.length;
    expect(await count(`${apps}/deployments`)).toBe(1);
    expect(await count(`${core}/secrets`)).toBe(0);
  });

  test("a stranger may", async () => {
    expect(
      await stage.stranger("POST", inNamespace(`${core}/configmaps`), { metadata: { name: "new" } }),
    ).toMatchObject({ status: 201 });
    expect(await stage.stranger("DELETE", podPath("to-stay"))).toMatchObject({ status: 200 });
  });
});
