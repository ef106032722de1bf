import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aDeployment, ask, env, NAMESPACE, startTestCluster, type TestCluster, until } from "./fixture/cluster.ts";
import { isReady } from "./objects.ts";

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startTestCluster();
});
afterEach(() => cluster.close());

const run = (parts: Parameters<typeof aDeployment>[0] = {}) =>
  cluster.store.create("deployments.apps", aDeployment(parts));
const container = () => cluster.pods()[0]?.status?.containerStatuses?.[0];
const waiting = (reason: string) => until(reason, () => container()?.state?.waiting?.reason === reason);
const ready = () => until("the pod is ready", () => cluster.pods().find(isReady));
const name = () => cluster.pods()[0]?.metadata.name ?? "";
const log = (previous = false) =>
  cluster.readLog({
    namespace: NAMESPACE,
    pod: name(),
    container: "app",
    previous,
    tailLines: undefined,
    limitBytes: undefined,
  });
const tell = async (path: string) => ask(`${(await ready()).status?.podIP}:8080`, path);

test("a crash loop backs off, counts restarts, and keeps the previous log", async () => {
  run({ container: { env: env({ name: "EXIT_AT_START", value: "7" }), args: ["serve", "$(POD_IP)"] } });
  await until(
    "it backs off for the second time",
    () => (container()?.restartCount ?? 0) >= 2 && container()?.state?.waiting,
  );
  expect(container()).toMatchObject({
    ready: false,
    state: {
      waiting: { reason: "CrashLoopBackOff", message: expect.stringMatching(/^back-off 20s restarting failed/) },
    },
    lastState: { terminated: { exitCode: 7, reason: "Error" } },
  });
  const ip = cluster.pods()[0]?.status?.podIP;
  expect(log()).toBe(`started serve ${ip}\nboom\n`);
  expect(log(true)).toBe(`started serve ${ip}\nboom\n`);
  expect(cluster.pods()[0]?.status?.phase).toBe("Running");
  expect(cluster.eventReasons(name())).toEqual(expect.arrayContaining(["Pulled", "Started", "BackOff"]));
});

test("a container above its memory limit is OOMKilled with 137 and starts again", async () => {
  run({ container: { resources: { limits: { memory: "150Mi" } } } });
  void tell("/leak");
  await until("it was restarted", () => container()?.restartCount === 1);
  expect(container()?.lastState?.terminated).toMatchObject({ exitCode: 137, reason: "OOMKilled" });
  await ready();
});

test("a container that exits by itself is restarted at once the first time", async () => {
  run();
  const { metadata } = await ready();
  void tell("/exit");
  await until("it was restarted", () => container()?.restartCount === 1 && cluster.pods().some(isReady));
  expect(container()?.lastState?.terminated).toMatchObject({ exitCode: 3, reason: "Error" });
  expect(name()).toBe(metadata.name);
});

test("a failing liveness probe kills and restarts the container", async () => {
  run({
    container: { livenessProbe: { httpGet: { path: "/live", port: 8080 }, periodSeconds: 0.1, failureThreshold: 3 } },
  });
  await ready();
  await tell("/sick");
  await until("it was restarted", () => container()?.restartCount === 1);
  expect(cluster.eventReasons(name())).toEqual(expect.arrayContaining(["Unhealthy", "Killing"]));
  await ready();
});

test("an unknown image is pulled in vain, backs off, and starts when the registry has it", async () => {
  run({ container: { image: "app:missing" } });
  await waiting("ErrImagePull");
  await waiting("ImagePullBackOff");
  expect(cluster.pods()[0]?.status?.phase).toBe("Pending");
  expect(cluster.eventReasons(name())).toEqual(expect.arrayContaining(["Pulling", "Failed", "BackOff"]));
  cluster.images.add("app:missing");
  await ready();
});

test("a missing ConfigMap key is a CreateContainerConfigError until the key is there", async () => {
  const configMapKeyRef = { name: "settings", key: "MODE" };
  run({ container: { env: env({ name: "MODE", valueFrom: { configMapKeyRef } }) } });
  await waiting("CreateContainerConfigError");
  expect(container()?.state?.waiting?.message).toBe('configmap "settings" not found');
  cluster.store.create("configmaps", { metadata: { name: "settings", namespace: NAMESPACE }, data: { OTHER: "1" } });
  const noKey = "couldn't find key MODE in ConfigMap shop/settings";
  await until("the key is missed", () => container()?.state?.waiting?.message === noKey);
  cluster.store.modify<{ data: object }>("configmaps", NAMESPACE, "settings", (draft) => {
    draft.data = { MODE: "fast" };
  });
  expect(JSON.parse(await tell("/env"))).toMatchObject({ MODE: "fast" });
});

test("a container finds fields, ConfigMaps and Services in its environment, and nothing of ours", async () => {
  cluster.store.create("services", {
    metadata: { name: "user-db", namespace: NAMESPACE },
    spec: { ports: [{ port: 5432 }] },
  });
  cluster.store.create("configmaps", { metadata: { name: "all", namespace: NAMESPACE }, data: { COLOUR: "red" } });
  const field = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
  run({
    container: {
      envFrom: [{ configMapRef: { name: "all" } }],
      env: env(
        { name: "POD", ...field("metadata.name") },
        { name: "APP", ...field("metadata.labels['app']") },
        { name: "GREETING", value: "I am $(POD)" },
      ),
    },
  });
  const variables = JSON.parse(await tell("/env"));
  expect(variables).toMatchObject({
    POD: name(),
    APP: "web",
    COLOUR: "red",
    GREETING: `I am ${name()}`,
  });
  expect(variables).toMatchObject({ USER_DB_SERVICE_HOST: `${cluster.subnet}.96.1`, USER_DB_SERVICE_PORT: "5432" });
  expect(variables).not.toHaveProperty("VITEST");
});

test("a program that does not exist is a StartError and loops", async () => {
  run({ container: { command: ["/no/such/program"] } });
  await until("it ended", () => container()?.lastState?.terminated);
  expect(container()?.lastState?.terminated).toMatchObject({ exitCode: 128, reason: "StartError" });
});

test("what the sandbox can't run is refused by name and starts nothing", async () => {
  run({ podSpec: { initContainers: [{ name: "init", image: "app:1" }] } });
  await waiting("CreateContainerError");
  expect(container()?.state?.waiting?.message).toBe("the sandbox does not serve pods of other than one container");
  expect(cluster.running()).toEqual([]);
});

test("a busy container is throttled to its CPU limit and counted as cgroups count", async () => {
  run({ container: { resources: { limits: { cpu: "200m" } }, readinessProbe: undefined } });
  await tell("/spin");
  await until("it was measured for 20 periods", () => (cluster.running()[0]?.usage.periods ?? 0) > 20);
  const [before, start] = [cluster.running()[0]?.usage.cpuSeconds ?? 0, performance.now()];
  const throttledBefore = { ...cluster.running()[0]?.usage };
  await until("two seconds have passed", () => performance.now() - start > 2000);
  const usage = cluster.running()[0]?.usage;
  const cores = ((usage?.cpuSeconds ?? 0) - before) / ((performance.now() - start) / 1000);
  expect(cores).toBeGreaterThan(0.14);
  expect(cores).toBeLessThan(0.26);
  const periods = (usage?.periods ?? 0) - (throttledBefore.periods ?? 0);
  const throttled = (usage?.throttledPeriods ?? 0) - (throttledBefore.throttledPeriods ?? 0);
  expect(throttled / periods).toBeGreaterThan(0.9);
});

test("a throttled container still ends within its grace", async () => {
  run({ container: { resources: { limits: { cpu: "100m" } }, readinessProbe: undefined } });
  await tell("/spin");
  await until("it is throttled", () => (cluster.running()[0]?.usage.throttledPeriods ?? 0) > 5);
  const pid = cluster.running()[0]?.pid;
  cluster.store.delete("deployments.apps", NAMESPACE, "web");
  await until("the pod is gone", () => cluster.pods().length === 0, 5);
  expect(() => readFileSync(`/proc/${pid}/stat`)).toThrow();
});
