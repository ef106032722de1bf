import { afterEach, beforeEach, expect, test } from "vitest";
import { aDeployment, env, NAMESPACE, startTestCluster, type TestCluster, until } from "./fixture/cluster.ts";
import { type Deployment, isReady } from "./objects.ts";

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await startTestCluster();
});
afterEach(() => cluster.close());

const change = (edit: (draft: Deployment) => void) =>
  cluster.store.modify<Deployment>("deployments.apps", NAMESPACE, "web", edit);
const setImage = (image: string) =>
  change(({ spec }) => Object.assign(spec.template.spec?.containers[0] ?? {}, { image }));
const complete = (replicas: number) =>
  until("the rollout is complete", () => {
    const { status, metadata } = cluster.deployment() ?? {};
    const isSeen = status?.observedGeneration === metadata?.generation;
    const isDone =
      cluster.condition("Progressing") === "NewReplicaSetAvailable" && status?.updatedReplicas === replicas;
    return isSeen && isDone && status?.availableReplicas === replicas && status.replicas === replicas;
  });
const revision = () => cluster.deployment()?.metadata.annotations?.["deployment.kubernetes.io/revision"];

test("a rolling update to a good revision never drops below the wanted pods, and is numbered", async () => {
  cluster.store.create("deployments.apps", aDeployment({ replicas: 2 }));
  await complete(2);
  expect(revision()).toBe("1");
  let fewest = 2;
  const stop = cluster.store.watch("pods", () => {
    fewest = Math.min(fewest, cluster.pods().filter((pod) => isReady(pod) && !pod.metadata.deletionTimestamp).length);
  });
  setImage("app:2");
  await complete(2);
  stop();
  expect(fewest).toBe(2);
  expect(revision()).toBe("2");
  expect(
    cluster
      .pods()
      .filter((pod) => !pod.metadata.deletionTimestamp)
      .map(({ spec }) => spec.containers[0]?.image),
  ).toEqual(["app:2", "app:2"]);
  expect(cluster.eventReasons("web")).toContain("ScalingReplicaSet");
});

test("a bad revision leaves the old pods alone, passes its deadline, and rolls back into the old ReplicaSet", async () => {
  cluster.store.create("deployments.apps", aDeployment({ replicas: 2, spec: { progressDeadlineSeconds: 20 } }));
  await complete(2);
  const [good] = cluster.sets();
  const template = cluster.deployment()?.spec.template;
  const pods = cluster.pods().map(({ metadata }) => metadata.name);
  change(({ spec }) =>
    Object.assign(spec.template.spec?.containers[0] ?? {}, { env: env({ name: "NEVER_READY", value: "1" }) }),
  );
  await until("the deadline passes", () => cluster.condition("Progressing") === "ProgressDeadlineExceeded");
  expect(cluster.deployment()?.status).toMatchObject({
    replicas: 3,
    updatedReplicas: 1,
    readyReplicas: 2,
    unavailableReplicas: 1,
  });
  expect(
    cluster
      .pods()
      .filter(isReady)
      .map(({ metadata }) => metadata.name),
  ).toEqual(pods);
  expect(revision()).toBe("2");

  change((draft) => {
    if (template) draft.spec.template = structuredClone(template);
  });
  await complete(2);
  expect(
    cluster.sets().find(({ metadata }) => metadata.uid === good?.metadata.uid)?.metadata.annotations,
  ).toMatchObject({
    "deployment.kubernetes.io/revision": "3",
    "deployment.kubernetes.io/revision-history": "1",
  });
  expect(revision()).toBe("3");
  await until("the bad pod is gone", () => cluster.pods().length === 2);
  expect(cluster.pods().map(({ metadata }) => metadata.name)).toEqual(pods);
});

test("a deleted pod is replaced, a deleted Deployment takes everything with it", async () => {
  cluster.store.create("deployments.apps", aDeployment());
  await complete(1);
  const [first] = cluster.pods();
  cluster.store.delete("pods", NAMESPACE, first?.metadata.name ?? "");
  await until("another pod is ready", () =>
    cluster.pods().some((pod) => isReady(pod) && pod.metadata.uid !== first?.metadata.uid),
  );
  await until("the first is gone", () => cluster.pods().length === 1);
  cluster.store.delete("deployments.apps", NAMESPACE, "web");
  await until("nothing is left", () => cluster.pods().length + cluster.sets().length + cluster.running().length === 0);
});

test("scaling to zero and back keeps the revision", async () => {
  cluster.store.create("deployments.apps", aDeployment());
  await complete(1);
  change(({ spec }) => Object.assign(spec, { replicas: 0 }));
  await until("no pod is left", () => cluster.pods().length === 0);
  expect(cluster.deployment()?.status?.replicas).toBeUndefined();
  change(({ spec }) => Object.assign(spec, { replicas: 1 }));
  await complete(1);
  expect(cluster.sets()).toHaveLength(1);
  expect(revision()).toBe("1");
});

test("a paused Deployment rolls nothing out, and goes on when resumed", async () => {
  cluster.store.create("deployments.apps", aDeployment({ spec: { paused: true } }));
  await until("it is reported", () => cluster.condition("Progressing") === "DeploymentPaused");
  expect(cluster.sets()).toEqual([]);
  change(({ spec }) => Object.assign(spec, { paused: false }));
  await complete(1);
});

test("Recreate starts the new pods only when the old ones are gone", async () => {
  cluster.store.create("deployments.apps", aDeployment({ spec: { strategy: { type: "Recreate" } } }));
  await complete(1);
  let most = 0;
  const stop = cluster.store.watch("pods", () => {
    most = Math.max(most, cluster.pods().length);
  });
  setImage("app:2");
  await complete(1);
  stop();
  expect(most).toBe(1);
});
