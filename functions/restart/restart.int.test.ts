import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Stage, setStage } from "../lib/testing/stage/index.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await setStage("restart");
});
afterEach(async () => {
  await stage.close();
});

const rollout = { what: "restartRollout" } as const;
const restartedAt = () =>
  stage.object("deployments.apps", "web").spec.template.metadata.annotations?.["kubectl.kubernetes.io/restartedAt"];
const podsOf = (...letters: string[]) => ({
  what: "restartPods" as const,
  pods: letters.map((letter) => {
    const { name, uid } = stage.object("pods", `web-2-${letter}`).metadata;
    return { name, uid };
  }),
});
const isLeaving = (letter: string) => stage.object("pods", `web-2-${letter}`)?.metadata.deletionTimestamp !== undefined;

test("a rollout is restarted as kubectl does, marked in the same write, and told", async () => {
  const requestedAt = "2026-01-01T12:00:00Z";
  stage.reserve(rollout, { entry: { requestedAt } });
  expect(await stage.request()).toBe(204);
  expect([restartedAt(), stage.markOf()]).toEqual([requestedAt, stage.id]);
  expect(stage.writes).toEqual(["patch deployments.apps web"]);
  expect(stage.told).toEqual([stage.applied()]);
});

test("delivered twice at the same time: one write", async () => {
  stage.reserve(rollout);
  // Both are let to their write before either is carried out.
  const both = Promise.withResolvers<void>();
  let waiting = 0;
  stage.api.intercept(({ verb }, phase) => {
    if (verb !== "patch" || phase === "committed") return;
    if (++waiting === 2) both.resolve();
    return both.promise;
  });
  expect(await Promise.all([stage.request(), stage.request()])).toEqual([204, 204]);
  expect(waiting).toBe(2);
  expect(stage.writes).toEqual(["patch deployments.apps web"]);
  expect(stage.told).toEqual([stage.applied(), stage.applied()]);
  expect(stage.object("deployments.apps", "web").metadata.generation).toBe(2);
});

describe("a forged event does nothing, and nobody is told", () => {
  test("no token", async () => {
    stage.reserve(rollout, { tokens: [] });
    expect(await stage.request()).toBe(204);
  });
  test("no entry", async () => {
    stage.reserve(rollout);
    expect(await stage.request(`${stage.id}0`)).toBe(204);
  });
  test("another incident's uid", async () => {
    stage.reserve(rollout);
    const incident = { namespace: "shop", name: "deployment-web-1", uid: "forged" };
    expect(await stage.request(stage.id, { incident, remediation: stage.id })).toBe(204);
  });
  test("an incident that is not there", async () => {
    const incident = { namespace: "kube-system", name: "x", uid: "forged" };
    expect(await stage.request(stage.id, { incident, remediation: stage.id })).toBe(204);
  });
  test("another function's remedy", async () => {
    stage.reserve(rollout, { entry: { remedy: "rollback" } });
    expect(await stage.request()).toBe(204);
  });
  test("what was finished", async () => {
    stage.reserve(rollout, { entry: { state: "Finished", outcome: "Succeeded" } });
    expect(await stage.request()).toBe(204);
  });
  test("no remediation at all is poison", async () => {
    expect(await stage.request("x", {})).toBe(400);
  });
  afterEach(() => {
    expect(stage.writes).toEqual([]);
    expect(stage.told).toEqual([]);
    expect(stage.markOf()).toBeUndefined();
  });
});

test("somebody else wrote the status in between: read and decided again", async () => {
  stage.reserve(rollout);
  let conflicts = 0;
  stage.api.intercept(({ verb }, phase) => {
    if (verb !== "patch" || phase === "committed" || conflicts === 2) return;
    conflicts++;
    const inStatus = { subresource: "status" } as const;
    stage.api.store.modify(
      "deployments.apps",
      "shop",
      "web",
      ({ status }) => {
        status.replicas = 3 + conflicts;
      },
      inStatus,
    );
    stage.api.store.modify(
      "deployments.apps",
      "shop",
      "web",
      ({ status }) => {
        status.replicas = 3;
      },
      inStatus,
    );
  });
  expect(await stage.request()).toBe(204);
  expect(conflicts).toBe(2);
  expect(stage.writes).toEqual(["patch deployments.apps web"]);
  expect(stage.told).toEqual([stage.applied()]);
});

test("a person changed the spec in between: nothing is written", async () => {
  stage.reserve(rollout);
  stage.api.intercept(({ verb }, phase) => {
    if (verb !== "patch" || phase === "committed") return;
    stage.api.store.modify("deployments.apps", "shop", "web", ({ spec }) => {
      spec.replicas = 5;
    });
  });
  expect(await stage.request()).toBe(204);
  expect([restartedAt(), stage.markOf()]).toEqual([undefined, undefined]);
  expect(stage.told).toEqual([stage.failed("ChangedMeanwhile")]);
});

test("a pause at the last moment holds", async () => {
  stage.reserve(rollout);
  stage.api.store.modify("healingledgers.autoheal.dev", undefined, "default", (draft) => {
    draft.spec = { pauses: [{ scope: "Namespace", target: "shop", reason: "release", by: "ann" }] };
  });
  expect(await stage.request()).toBe(204);
  expect(stage.told).toEqual([stage.failed("Paused")]);
  expect(stage.writes).toEqual([]);
});

test("the workload is gone", async () => {
  stage.reserve(rollout);
  stage.api.store.delete("deployments.apps", "shop", "web");
  expect(await stage.request()).toBe(204);
  expect(stage.told).toEqual([stage.failed("TargetGone")]);
});

test("a namespace that was not enabled: refused by the API server, and told", async () => {
  stage.reserve(rollout);
  stage.api.store.delete("rolebindings.rbac.authorization.k8s.io", "shop", "autoheal-restart");
  expect(await stage.request()).toBe(204);
  expect(stage.told).toEqual([stage.failed("WriteRefused")]);
});

describe("killed", () => {
  test("before the write: done when it comes again", async () => {
    stage.reserve(rollout);
    stage.killAt("before", "patch");
    expect(await stage.request()).toBe(-1);
    expect(stage.markOf()).toBeUndefined();
    await stage.restart();
    expect(await stage.request()).toBe(204);
    expect(stage.writes).toEqual(["patch deployments.apps web"]);
    expect(stage.told).toEqual([stage.applied()]);
  });

  test("right after the write, before anybody was told: told when it comes again, and written once", async () => {
    stage.reserve(rollout);
    stage.killAt("committed", "patch");
    expect(await stage.request()).toBe(-1);
    const at = restartedAt();
    expect(stage.markOf()).toBe(stage.id);
    expect(stage.told).toEqual([]);
    await stage.restart();
    expect(await stage.request()).toBe(204);
    expect(restartedAt()).toBe(at);
    expect(stage.writes).toEqual(["patch deployments.apps web"]);
    expect(stage.told).toEqual([stage.applied()]);
  });

  test("between evicting and marking: no pod more is evicted, and the mark is made up for", async () => {
    stage.reserve(podsOf("c"));
    stage.killAt("before", "patch");
    expect(await stage.request()).toBe(-1);
    expect([isLeaving("c"), stage.markOf()]).toEqual([true, undefined]);
    // By now its alert is resolved: what was done is told all the same.
    stage.reserve(podsOf("c"), { alerts: [] });
    await stage.restart();
    expect(await stage.request()).toBe(204);
    expect(stage.markOf()).toBe(stage.id);
    expect(stage.writes).toEqual(["create pods/eviction web-2-c", "patch deployments.apps web"]);
    expect(stage.told).toEqual([stage.applied()]);
  });
});

test("only the named pods are evicted, and a pod of the same name with another uid is not", async () => {
  const change = podsOf("b", "c");
  stage.reserve({ ...change, pods: change.pods.map((pod, i) => (i === 0 ? { ...pod, uid: "gone" } : pod)) });
  expect(await stage.request()).toBe(204);
  expect(["a", "b", "c"].map(isLeaving)).toEqual([false, false, true]);
  expect(stage.writes).toEqual(["create pods/eviction web-2-c", "patch deployments.apps web"]);
  expect(stage.markOf()).toBe(stage.id);
  expect(restartedAt()).toBeUndefined();
  expect(stage.told).toEqual([stage.applied()]);
});

test("a PodDisruptionBudget forbids: tried again later, and done then", async () => {
  stage.api.store.create("poddisruptionbudgets.policy", {
    metadata: { name: "web", namespace: "shop" },
    spec: { selector: { matchLabels: { app: "web" } }, minAvailable: 3 },
  });
  stage.reserve(podsOf("c"));
  expect(await stage.request()).toBe(503);
  expect([isLeaving("c"), stage.markOf()]).toEqual([false, undefined]);
  expect(stage.told).toEqual([]);
  stage.api.store.delete("poddisruptionbudgets.policy", "shop", "web");
  expect(await stage.request()).toBe(204);
  expect([isLeaving("c"), stage.markOf()]).toEqual([true, stage.id]);
  expect(stage.told).toEqual([stage.applied()]);
});

test("the last healthy pods are not taken", async () => {
  stage.reserve(podsOf("a", "b"));
  expect(await stage.request()).toBe(204);
  expect(["a", "b", "c"].map(isLeaving)).toEqual([false, false, false]);
  expect(stage.told).toEqual([stage.failed("MinHealthy")]);
});

describe("503, so that it comes again, when", () => {
  test("the Broker is away: the write is done, and told the next time", async () => {
    stage.reserve(rollout);
    stage.broker.answer = 503;
    expect(await stage.request()).toBe(503);
    stage.broker.answer = 202;
    expect(await stage.request()).toBe(204);
    expect(stage.writes).toEqual(["patch deployments.apps web"]);
    expect(stage.told).toEqual([stage.applied()]);
  });

  test.each(["get", "list", "patch"])("the API server does not answer %s", async (verb) => {
    stage.reserve(rollout);
    const mended = stage.api.intercept((request) =>
      request.verb === verb ? { status: 500, message: "etcd is away" } : undefined,
    );
    expect(await stage.request()).toBe(503);
    expect(stage.told).toEqual([]);
    mended();
    expect(await stage.request()).toBe(204);
    expect(stage.told).toEqual([stage.applied()]);
  });
});

test("one line for each decision, with its reason", async () => {
  stage.reserve(rollout);
  await stage.request();
  await stage.request();
  await stage.request("forged");
  const decided = () =>
    stage
      .process()
      .log.map((line) => JSON.parse(line))
      .filter(({ msg }) => msg === "remediation decided")
      .map(({ verdict, reason }) => [verdict, reason]);
  await expect.poll(decided).toEqual([
    ["act", "Requested"],
    ["act", "AlreadyApplied"],
    ["hold", "NotReserved"],
  ]);
});
