import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { type Api, type InterceptedRequest, startApi } from "./index.ts";

const TOKEN = "admin-token";
const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
let api: Api;

beforeEach(async () => {
  api = await startApi({ token: TOKEN, readLog: () => undefined });
});
afterEach(() => api.close());

const ask = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
  const response = await fetch(api.url + path, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : text };
};
const names = () => api.store.list("configmaps").map(({ metadata }) => metadata.name);

test.each([
  ["no token", { authorization: "" }],
  ["a wrong token", { authorization: "Bearer other" }],
])("with %s everything but health is 401", async (_, headers) => {
  for (const path of ["/api/v1/pods", "/apis", "/version", CONFIG_MAPS]) {
    expect(await ask("GET", path, undefined, headers)).toMatchObject({ status: 401, body: { reason: "Unauthorized" } });
  }
  expect(await ask("GET", "/healthz", undefined, headers)).toEqual({ status: 200, body: "ok" });
});

test("a ServiceAccount's token and kubeconfig carry its rights, and only its", async () => {
  expect(() => api.tokenFor("default", "reader")).toThrow('serviceaccounts "default/reader" not found');
  await api.apply(`
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: reader }
rules: [{ apiGroups: [""], resources: [configmaps], verbs: [list] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: reader }
subjects: [{ kind: ServiceAccount, name: reader, namespace: default }]
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: reader }
`);
  const token = api.tokenFor("default", "reader");
  const config = parse(api.kubeconfig({ namespace: "default", serviceAccount: "reader" }));
  expect([config.clusters[0].cluster.server, config.users[0].user.token]).toEqual([api.url, token]);
  const headers = { authorization: `Bearer ${token}` };
  expect((await ask("GET", "/api/v1/configmaps", undefined, headers)).status).toBe(200);
  expect((await ask("POST", CONFIG_MAPS, { metadata: { name: "a" } }, headers)).status).toBe(403);
  const impersonating = { ...headers, "impersonate-user": "admin", "impersonate-group": "system:masters" };
  expect((await ask("POST", CONFIG_MAPS, { metadata: { name: "a" } }, impersonating)).status).toBe(403);
  expect(names()).toEqual([]);
});

test.each([
  ["GET", "/api/v1/namespaces/default/secrets", 404, "v1/secrets"],
  ["GET", "/apis/batch/v1/jobs", 404, "batch/v1/jobs"],
  ["GET", "/apis/autoscaling/v1/horizontalpodautoscalers", 404, "only its version v2"],
  ["DELETE", CONFIG_MAPS, 405, "deletecollection on configmaps"],
  ["POST", "/api/v1/namespaces/default/pods/a/exec", 405, "pods/exec"],
  ["GET", "/openapi/v2", 404, "/openapi/v2"],
  ["POST", `${CONFIG_MAPS}?dryRun=All`, 501, "dryRun"],
])("%s %s is refused by name: %i", async (method, path, status, what) => {
  const body = method === "POST" ? { metadata: { name: "a" } } : undefined;
  const answer = await ask(method, path, body);
  expect(answer).toMatchObject({ status, body: { kind: "Status", status: "Failure", code: status } });
  expect(answer.body.message).toContain("the sandbox does not serve");
  expect(answer.body.message).toContain(what);
  expect(names()).toEqual([]);
});

test.each([
  ["what is no JSON", "{", 400],
  ["a list", "[]", 400],
  ["nothing", "", 400],
  ["more than 3 MiB", JSON.stringify({ data: { a: "x".repeat(3 * 1024 * 1024) } }), 413],
])("a body of %s is refused", async (_, body, status) => {
  const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };
  const response = await fetch(api.url + CONFIG_MAPS, { method: "POST", headers, body });
  expect([response.status, await response.json()]).toMatchObject([status, { kind: "Status" }]);
});

test("an interceptor sees each request before and after it is committed, until it is taken away", async () => {
  const seen: [string, InterceptedRequest][] = [];
  const stop = api.intercept((request, phase) => {
    seen.push([`${phase}, stored: ${names().length}`, request]);
  });
  await ask("POST", CONFIG_MAPS, { metadata: { name: "a" } });
  const request = {
    user: "admin",
    verb: "create",
    resource: "configmaps",
    namespace: "default",
    body: { metadata: { name: "a" } },
  };
  expect(seen).toMatchObject([
    ["before, stored: 0", request],
    ["committed, stored: 1", request],
  ]);
  stop();
  await ask("GET", CONFIG_MAPS);
  expect(seen).toHaveLength(2);
});

test("a connection dropped before the commit leaves nothing, one dropped after it leaves the object", async () => {
  for (const phase of ["before", "committed"] as const) {
    const stop = api.intercept((_, now) => (now === phase ? { drop: true } : undefined));
    await expect(ask("POST", CONFIG_MAPS, { metadata: { name: phase } })).rejects.toThrow("fetch failed");
    stop();
  }
  expect(names()).toEqual(["committed"]);
});

test("an interceptor's status is answered instead of the request", async () => {
  api.intercept(() => ({ status: 503, message: "away" }));
  const answer = await ask("POST", CONFIG_MAPS, { metadata: { name: "a" } });
  expect(answer).toMatchObject({ status: 503, body: { reason: "ServiceUnavailable", message: "away", code: 503 } });
  expect(names()).toEqual([]);
});

test("what is applied is created, then merged; definitions and namespaces come first", async () => {
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "trials.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "trials", kind: "Trial" },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
    },
  };
  const trial = { apiVersion: "example.com/v1", kind: "Trial", metadata: { name: "a", namespace: "shop" } };
  const map = (data: string) =>
    `{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}, data: ${data}}`;
  await api.apply([
    trial,
    map("{a: '1', b: '2'}"),
    "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}",
    definition,
  ]);
  expect(api.store.list("trials.example.com")).toHaveLength(1);
  await api.apply(map("{a: '3'}"));
  expect(api.store.get("configmaps", "shop", "a")?.data).toEqual({ a: "3", b: "2" });
  await expect(api.apply("{apiVersion: v1, kind: Secret, metadata: {name: s}}")).rejects.toThrow(
    "does not serve v1 Secret (applying s)",
  );
});

test("YAML is read as kubectl reads it: an unquoted Off is no text, 12:30 is", async () => {
  const map = (data: string) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: ${data}}`;
  await expect(api.apply(map("{a: Off}"))).rejects.toThrow("data.a: Invalid value: false: must be a string");
  await api.apply(map("{a: 'Off', b: 12:30}"));
  expect(api.store.get("configmaps", "default", "a")?.data).toEqual({ a: "Off", b: "12:30" });
});

test("discovery lists what is served, with subresources", async () => {
  const { body } = await ask("GET", "/apis/apps/v1");
  expect(body.resources.map(({ name }: { name: string }) => name)).toContain("deployments/scale");
  const groups = (await ask("GET", "/apis")).body.groups.map(({ name }: { name: string }) => name);
  expect(groups).toContain("eventing.knative.dev");
  expect((await ask("GET", "/apis/apps")).body.preferredVersion.groupVersion).toBe("apps/v1");
});

test("two sandboxes run side by side; a taken subnet is refused", async () => {
  const other = await startApi({ token: TOKEN, readLog: () => undefined });
  expect(other.subnet).not.toBe(api.subnet);
  await expect(startApi({ token: TOKEN, readLog: () => undefined, subnet: api.subnet })).rejects.toMatchObject({
    code: "EADDRINUSE",
  });
  await other.close();
});

test("closing ends open watches", async () => {
  const other = await startApi({ token: TOKEN, readLog: () => undefined });
  const headers = { authorization: `Bearer ${TOKEN}` };
  const response = await fetch(`${other.url}/api/v1/pods?watch=true&resourceVersion=${other.store.resourceVersion()}`, {
    headers,
  });
  const ended = response.text().then(
    () => "ended",
    () => "ended",
  );
  await other.close();
  expect(await ended).toBe("ended");
});
