import { afterEach, beforeEach, expect, test } from "vitest";
import { type Stage, setStage } from "../lib/testing/stage/index.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await setStage("rollback");
});
afterEach(async () => {
  await stage.close();
});

function back() {
  const uidOf = (name: string) => stage.object("replicasets.apps", name).metadata.uid;
  return {
    what: "rollBack",
    toRevision: "web-1",
    toUid: uidOf("web-1"),
    fromRevision: "web-2",
    fromUid: uidOf("web-2"),
  } as const;
}
const template = () => stage.object("deployments.apps", "web").spec.template;
const image = () => template().spec.containers[0].image;

/** The same workload, whose bad revision also added what the good one never had. */
function withMore() {
  const add = ({ spec }: { spec: { template: ReturnType<typeof template> } }) => {
    spec.template.metadata.annotations = { bad: "true" };
    spec.template.spec.containers[0].env = [{ name: "BAD", value: "1" }];
  };
  stage.api.store.modify("deployments.apps", "shop", "web", add);
  stage.api.store.modify("replicasets.apps", "shop", "web-2", add);
  stage.api.store.modify(
    "deployments.apps",
    "shop",
    "web",
    ({ status }) => {
      status.observedGeneration = 2;
    },
    { subresource: "status" },
  );
}

test("the template is replaced whole: what the bad revision added is gone", async () => {
  withMore();
  stage.reserve(back());
  expect(await stage.request()).toBe(204);
  const good = structuredClone(stage.object("replicasets.apps", "web-1").spec.template);
  good.metadata.labels = { app: "web" };
  expect(template()).toEqual(good);
  expect(stage.object("deployments.apps", "web").metadata.annotations).toEqual({
    "deployment.kubernetes.io/revision": "2",
    "autoheal.dev/remediation": stage.id,
  });
  expect(stage.writes).toEqual(["patch deployments.apps web"]);
  expect(stage.told).toEqual([stage.applied()]);
});

test("delivered five times at once: one write", async () => {
  stage.reserve(back());
  await Promise.all(Array.from({ length: 5 }, () => stage.request()));
  expect(image()).toBe("web:1");
  expect(stage.writes).toEqual(["patch deployments.apps web"]);
  expect(stage.told).toEqual(Array.from({ length: 5 }, () => stage.applied()));
});

test("no token: nothing", async () => {
  stage.reserve(back(), { tokens: [] });
  expect(await stage.request()).toBe(204);
  expect([image(), stage.writes, stage.told]).toEqual(["web:2", [], []]);
});

test("the revision was cleaned up", async () => {
  stage.reserve(back());
  stage.api.store.delete("replicasets.apps", "shop", "web-1");
  expect(await stage.request()).toBe(204);
  expect([image(), stage.writes, stage.told]).toEqual(["web:2", [], [stage.failed("RevisionGone")]]);
});

test("somebody wrote the status in between: the stale write is refused, read again, and done", async () => {
  stage.reserve(back());
  let conflicts = 0;
  stage.api.intercept(({ verb }, phase) => {
    if (verb !== "patch" || phase === "committed" || conflicts++ > 0) return;
    const note = (text: string) =>
      stage.api.store.modify(
        "deployments.apps",
        "shop",
        "web",
        ({ status }) => {
          status.note = text;
        },
        { subresource: "status" },
      );
    note("changed");
  });
  expect(await stage.request()).toBe(204);
  expect([conflicts, image()]).toEqual([2, "web:1"]);
  expect(stage.told).toEqual([stage.applied()]);
});

test("a person rolled out a fix in between: it stays", async () => {
  stage.reserve(back());
  stage.api.intercept(({ verb }, phase) => {
    if (verb !== "patch" || phase === "committed") return;
    stage.api.store.modify("deployments.apps", "shop", "web", ({ spec }) => {
      spec.template.spec.containers[0].image = "web:3";
    });
  });
  expect(await stage.request()).toBe(204);
  expect([image(), stage.markOf()]).toEqual(["web:3", undefined]);
  expect(stage.told).toEqual([stage.failed("ChangedMeanwhile")]);
});

test.each(["before", "committed"] as const)("killed, %s the write: one write, and told", async (phase) => {
  stage.reserve(back());
  stage.killAt(phase, "patch");
  expect(await stage.request()).toBe(-1);
  await stage.restart();
  expect(await stage.request()).toBe(204);
  expect([image(), stage.object("deployments.apps", "web").metadata.generation]).toEqual(["web:1", 2]);
  expect(stage.writes).toEqual(["patch deployments.apps web"]);
  expect(stage.told).toEqual([stage.applied()]);
});
