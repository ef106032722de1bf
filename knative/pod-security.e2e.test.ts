import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ApiServer, connectApiServer } from "./api-server/index.ts";
import { read } from "./read-manifests.ts";

const ownNamespace = "autoheal";
const functions = read("services/kustomization.yaml").flatMap(({ resources }) =>
  resources.map((file: string) => file.replace(".yaml", "")),
);

let api: ApiServer;
beforeAll(async () => {
  api = await connectApiServer();
});
afterAll(() => api?.close());

/** What admission makes of a pod in AutoHeal's namespace; it is not stored. */
const admitted = (spec: object) =>
  api.admin("POST", `/api/v1/namespaces/${ownNamespace}/pods?dryRun=All`, { metadata: { name: "trial" }, spec });

/** The pod that Knative makes of a Service's manifest, but for Knative's own container beside it. */
function podOf(name: string): object {
  const [service] = read(`services/${name}.yaml`);
  const { containerConcurrency, timeoutSeconds, containers, ...spec } = service?.spec.template.spec ?? {};
  const [{ readinessProbe, livenessProbe, ...container }] = containers;
  return { ...spec, containers: [{ ...container, name: "user-container" }] };
}

const tokensOf = (volumes: { projected?: { sources: { serviceAccountToken?: object }[] } }[] = []) =>
  volumes.filter(({ projected }) => projected?.sources.some((source) => "serviceAccountToken" in source));

describe("AutoHeal's namespace enforces the restricted Pod Security Standard", () => {
  test("its label says so", async () => {
    const { body } = await api.admin("GET", `/api/v1/namespaces/${ownNamespace}`);
    expect(body.metadata.labels).toMatchObject({ "pod-security.kubernetes.io/enforce": "restricted" });
  });

  test("a pod that asks for no restrictions is refused", async () => {
    expect(await admitted({ containers: [{ name: "any", image: "any" }] })).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('violates PodSecurity "restricted') },
    });
  });

  test.each(functions)("%s is admitted, as its manifest has it", async (name) => {
    const { status, body } = await admitted(podOf(name));
    expect([status, body.message]).toEqual([201, undefined]);
    expect(tokensOf(body.spec.volumes)).toHaveLength(name === "receive" ? 0 : 1);
  });
});

/** A Deployment that Knative made of a Service. */
interface Deployed {
  metadata: { labels: Record<string, string> };
  spec: { template: { spec: object } };
}

test("every pod of every function is admitted as it is deployed, and only receive's has no token", async () => {
  const path = `/apis/apps/v1/namespaces/${ownNamespace}/deployments?labelSelector=serving.knative.dev/service`;
  const deployed = ((await api.admin("GET", path)).body.items as Deployed[]).map(({ metadata, spec }) => ({
    name: metadata.labels["serving.knative.dev/service"],
    pod: spec.template.spec,
  }));
  expect(new Set(deployed.map(({ name }) => name))).toEqual(new Set(functions));
  for (const { name, pod } of deployed) {
    const { status, body } = await admitted(pod);
    expect([name, status, body.message]).toEqual([name, 201, undefined]);
    expect(tokensOf(body.spec.volumes)).toHaveLength(name === "receive" ? 0 : 1);
  }
});
