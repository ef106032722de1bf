import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Api, startApi } from "../sandbox/api/index.ts";
import { type Knative, startKnative } from "../sandbox/knative/index.ts";
import { manifestFiles, read, textOf } from "./read-manifests.ts";

const entry = fileURLToPath(new URL("../sandbox/knative/fixtures/probe.cjs", import.meta.url));
const names = ["receive", "diagnose", "restart", "scale", "rollback", "notify", "anomaly-score", "console"];

let api: Api;
let knative: Knative;
beforeAll(async () => {
  api = await startApi({ token: "administrator", readLog: () => undefined });
  const { store, subnet } = api;
  knative = await startKnative({ subnet, store, functions: names.map((name) => ({ name, entry, env: {} })) });
  await api.apply(manifestFiles().map(textOf));
  store.create("namespaces", { metadata: { name: "shop" } });
  const inShop = (object: { metadata: object }) => ({ ...object, metadata: { ...object.metadata, namespace: "shop" } });
  await api.apply(read("enable/role-bindings.yaml").map(inShop));
});
afterAll(async () => {
  await knative.close();
  await api.close();
});

test.each([
  "brokers.eventing.knative.dev",
  "triggers.eventing.knative.dev",
  "sinkbindings.sources.knative.dev",
  "pingsources.sources.knative.dev",
])("all %s become Ready", (resource) => {
  const unready = api.store.list(resource).filter(({ status }) => status.conditions[0].status !== "True");
  expect(unready.map(({ metadata, status }) => [metadata.name, status])).toEqual([]);
});

test.each([
  ["receive", "alerts"],
  ["diagnose", "healing"],
  ["console", undefined],
])("%s is bound to the Broker %s", async (name, broker) => {
  const { env } = await (await fetch(`${knative.urlOf(name)}/self`)).json();
  expect(env.K_SINK).toBe(broker && knative.ingressUrl("autoheal", broker));
});

const may = async (account: string, verb: string, what: string, namespace?: string): Promise<boolean> => {
  const [, resource, group = "", subresource = ""] = /^([a-z]+)(?:\.([a-z.]+))?(?:\/([a-z]+))?$/.exec(what) ?? [];
  const resourceAttributes = { verb, resource, group, subresource, namespace };
  const response = await fetch(`${api.url}/apis/authorization.k8s.io/v1/selfsubjectaccessreviews`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${api.tokenFor("autoheal", account)}`,
    },
    body: JSON.stringify({
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: { resourceAttributes },
    }),
  });
  return (await response.json()).status.allowed;
};

test.each([
  ["diagnose", "list", "pods"],
  ["diagnose", "get", "pods/log", "shop"],
  ["diagnose", "create", "incidents.autoheal.dev", "shop"],
  ["diagnose", "patch", "incidents.autoheal.dev/status", "shop"],
  ["diagnose", "patch", "healingledgers.autoheal.dev/status"],
  ["diagnose", "create", "pingsources.sources.knative.dev", "autoheal"],
  ["restart", "list", "replicasets.apps", "elsewhere"],
  ["restart", "patch", "deployments.apps", "shop"],
  ["restart", "create", "pods/eviction", "shop"],
  ["scale", "patch", "horizontalpodautoscalers.autoscaling", "shop"],
  ["rollback", "patch", "daemonsets.apps", "shop"],
  ["notify", "patch", "incidents.autoheal.dev/status", "shop"],
  ["notify", "create", "events", "shop"],
  ["console", "watch", "incidents.autoheal.dev"],
])("%s may %s %s in %s", async (account, verb, what, namespace?: string) => {
  expect(await may(account, verb, what, namespace)).toBe(true);
});

test.each([
  ["receive", "get", "pods", "shop"],
  ["diagnose", "get", "secrets", "shop"],
  ["diagnose", "patch", "deployments.apps", "shop"],
  ["diagnose", "create", "pingsources.sources.knative.dev", "shop"],
  ["restart", "patch", "deployments.apps", "elsewhere"],
  ["restart", "delete", "pods", "shop"],
  ["restart", "patch", "incidents.autoheal.dev/status", "shop"],
  ["scale", "create", "pods/eviction", "shop"],
  ["scale", "patch", "daemonsets.apps", "shop"],
  ["scale", "patch", "healingledgers.autoheal.dev"],
  ["rollback", "delete", "pods", "shop"],
  ["notify", "create", "incidents.autoheal.dev", "shop"],
  ["notify", "get", "pods", "shop"],
  ["console", "patch", "healingledgers.autoheal.dev"],
])("%s may not %s %s in %s", async (account, verb, what, namespace?: string) => {
  expect(await may(account, verb, what, namespace)).toBe(false);
});
