import { afterEach, beforeEach, expect, test } from "vitest";
import { aDeployment, ask, NAMESPACE, startTestCluster, type TestCluster, until } from "./fixture/cluster.ts";
import { isReady, type Service } from "./objects.ts";
import { readyTargets } from "./service/targets.ts";

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startTestCluster();
  cluster.store.create("services", {
    metadata: { name: "web", namespace: NAMESPACE },
    spec: { selector: { app: "web" }, ports: [{ name: "http", port: 80, targetPort: "http" }] },
  });
  cluster.store.create("deployments.apps", aDeployment({ replicas: 2 }));
  await until("two pods are ready", () => cluster.pods().filter(isReady).length === 2);
});
afterEach(() => cluster.close());

const clusterIP = () => cluster.store.get<Service>("services", NAMESPACE, "web")?.spec.clusterIP ?? "";
const ready = () => {
  const service = cluster.store.get<Service>("services", NAMESPACE, "web");
  return service
    ? readyTargets(cluster.store, service, 80)
        .map(({ host }) => host)
        .sort()
    : [];
};
const podIPs = () =>
  cluster
    .pods()
    .map(({ status }) => status?.podIP)
    .sort();
const metrics = (page: string) => ask(`${cluster.subnet}.0.3:8080`, page);

test("a Service reaches its ready pods in turn, and readiness that flaps moves them out and in again", async () => {
  await until("both are endpoints", () => ready().length === 2);
  expect(clusterIP()).toBe(`${cluster.subnet}.96.1`);
  const answers = await Promise.all([1, 2, 3, 4].map(() => ask(clusterIP())));
  expect(answers.sort()).toEqual([...podIPs(), ...podIPs()].sort());

  const [first = "", second] = podIPs();
  await ask(`${first}:8080`, "/unready");
  await until("the first is out", () => ready().join() === second);
  expect(await Promise.all([1, 2].map(() => ask(clusterIP())))).toEqual([second, second]);
  await ask(`${first}:8080`, "/becomeready");
  await until("the first is in again", () => ready().length === 2);
});

test("a Service without ready pods refuses connections", async () => {
  cluster.store.modify<Service>("services", NAMESPACE, "web", ({ spec }) =>
    Object.assign(spec, { selector: { app: "wep" } }),
  );
  await until("no endpoint is left", async () => ready().length === 0 && (await ask(clusterIP())) === "ECONNREFUSED");
});

test("Prometheus finds the pods with the labels that a ServiceMonitor would give", async () => {
  const groups = JSON.parse(await metrics("/sd"));
  const expected = cluster.pods().map(({ metadata, status }) => ({
    targets: [`${status?.podIP}:8080`],
    labels: { namespace: NAMESPACE, pod: metadata.name, container: "app", service: "web", job: "web" },
  }));
  expect(groups).toEqual(expected);
});

test("cAdvisor and kube-state-metrics say what is so, under their own names", async () => {
  const cadvisor = await metrics("/metrics/cadvisor");
  const pod = cluster.pods()[0]?.metadata.name;
  expect(cadvisor).toMatch(
    new RegExp(
      `container_memory_working_set_bytes{namespace="shop",pod="${pod}",container="app",image="app:1",id="[^"]+"} [1-9]\\d{6,}`,
    ),
  );
  const state = await metrics("/metrics/kube-state-metrics");
  const replicaSet = cluster.sets()[0]?.metadata.name;
  await until("the Deployment is available", () => cluster.deployment()?.status?.availableReplicas === 2);
  for (const line of [
    `kube_pod_status_ready{namespace="shop",pod="${pod}",uid="${cluster.pods()[0]?.metadata.uid}",condition="true"} 1`,
    `kube_pod_owner{namespace="shop",pod="${pod}",uid="${cluster.pods()[0]?.metadata.uid}",owner_kind="ReplicaSet",owner_name="${replicaSet}",owner_is_controller="true"} 1`,
    'kube_deployment_spec_replicas{namespace="shop",deployment="web"} 2',
  ]) {
    expect(state).toContain(`${line}\n`);
  }
});
