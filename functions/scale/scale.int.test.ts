import { afterEach, beforeEach, expect, test } from "vitest";
import { anAutoscaler } from "../lib/testing/index.ts";
import { type Stage, setStage } from "../lib/testing/stage/index.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await setStage("scale");
});
afterEach(async () => {
  await stage.close();
});

const toFive = { what: "setReplicas", replicas: 5, fromReplicas: 3 } as const;
const hpas = "horizontalpodautoscalers.autoscaling";
const replicas = () => stage.object("deployments.apps", "web").spec.replicas;
const maxReplicas = () => stage.object(hpas, "web").spec.maxReplicas;

/** An autoscaler that is at its maximum of 3, and the change that raises it. */
function autoscaled() {
  const { metadata, ...hpa } = anAutoscaler();
  const made = stage.api.store.create(hpas, { ...hpa, metadata: { name: metadata?.name, namespace: "shop" } });
  const { name, uid } = made.metadata;
  return { what: "setMaxReplicas", hpa: name, hpaUid: uid, maxReplicas: 5, fromMaxReplicas: 3 } as const;
}

test("replicas become an absolute number, on the main resource, marked in the same write", async () => {
  stage.reserve(toFive);
  expect(await stage.request()).toBe(204);
  expect([replicas(), stage.markOf()]).toEqual([5, stage.id]);
  expect(stage.writes).toEqual(["patch deployments.apps web"]);
  expect(stage.told).toEqual([stage.applied()]);
});

test("delivered five times at once: one write", async () => {
  stage.reserve(toFive);
  const answers = await Promise.all(Array.from({ length: 5 }, () => stage.request()));
  expect(answers).toEqual([204, 204, 204, 204, 204]);
  expect(stage.writes).toEqual(["patch deployments.apps web"]);
  expect(stage.told).toEqual(Array.from({ length: 5 }, () => stage.applied()));
});

test("no token: nothing", async () => {
  stage.reserve(toFive, { tokens: [] });
  expect(await stage.request()).toBe(204);
  expect([replicas(), stage.writes, stage.told]).toEqual([3, [], []]);
});

test("an autoscaler came meanwhile: it owns the replicas", async () => {
  stage.reserve(toFive);
  autoscaled();
  expect(await stage.request()).toBe(204);
  expect([replicas(), stage.writes, stage.told]).toEqual([3, [], [stage.failed("OwnedByAutoscaler")]]);
});

test("an autoscaler's maximum is raised, and both are marked", async () => {
  stage.reserve(autoscaled());
  expect(await stage.request()).toBe(204);
  expect([maxReplicas(), replicas()]).toEqual([5, 3]);
  expect([stage.markOf(hpas), stage.markOf()]).toEqual([stage.id, stage.id]);
  expect(stage.told).toEqual([stage.applied()]);
});

test("an autoscaler that was changed in between is left alone", async () => {
  stage.reserve(autoscaled());
  stage.api.intercept(({ verb }, phase) => {
    if (verb !== "patch" || phase === "committed") return;
    stage.api.store.modify(hpas, "shop", "web", ({ spec }) => {
      spec.maxReplicas = 4;
    });
  });
  expect(await stage.request()).toBe(204);
  expect([maxReplicas(), stage.markOf(hpas), stage.markOf()]).toEqual([4, undefined, undefined]);
  expect(stage.told).toEqual([stage.failed("ChangedMeanwhile")]);
});

test("killed between the two writes: finished when it comes again, though the autoscaler has scaled by then", async () => {
  stage.reserve(autoscaled());
  stage.killAt("committed", "patch", hpas);
  expect(await stage.request()).toBe(-1);
  expect([maxReplicas(), stage.markOf()]).toEqual([5, undefined]);
  stage.api.store.modify("deployments.apps", "shop", "web", ({ spec }) => {
    spec.replicas = 5;
  });
  await stage.restart();
  expect(await stage.request()).toBe(204);
  expect(stage.markOf()).toBe(stage.id);
  expect(stage.writes).toEqual([`patch ${hpas} web`, "patch deployments.apps web"]);
  expect(stage.told).toEqual([stage.applied()]);
});

test.each(["before", "committed"] as const)("killed, %s the write: one write, and told", async (phase) => {
  stage.reserve(toFive);
  stage.killAt(phase, "patch");
  expect(await stage.request()).toBe(-1);
  expect(stage.told).toEqual([]);
  await stage.restart();
  expect(await stage.request()).toBe(204);
  expect([replicas(), stage.object("deployments.apps", "web").metadata.generation]).toEqual([5, 2]);
  expect(stage.writes).toEqual(["patch deployments.apps web"]);
  expect(stage.told).toEqual([stage.applied()]);
});
