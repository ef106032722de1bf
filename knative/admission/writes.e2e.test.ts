import { afterAll, beforeAll, expect, test } from "vitest";
import type { Answer } from "../api-server/index.ts";
import { make } from "../api-server/trial-namespace.ts";
import { inTemplate, mark, refusal, restartedAt, type Stage, setStage, template, workloadKinds } from "./stage.ts";

// What the functions write is allowed: see functions/{restart,scale,rollback}/plan.ts.

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
  for (const name of ["to-evict", "to-delete"]) {
    const spec = template.spec;
    await make(stage.api.admin, `/api/v1/namespaces/${stage.namespace}/pods`, { metadata: { name }, spec });
  }
});
afterAll(() => stage?.close());

const podPath = (name: string) => `/api/v1/namespaces/${stage.namespace}/pods/${name}`;

/** Writes again what comes after another write, a controller's: the deadline is the test's own. */
async function untilFirst(write: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await write();
    if (answer.status !== 409) return answer;
  }
}

test.each(workloadKinds)("restart restarts %s, again and again", async (kind) => {
  for (const id of ["5c1d-1", "5c1d-2"]) {
    const spec = inTemplate({ [restartedAt]: `2026-01-01T12:00:00Z of ${id}` });
    const patch = { metadata: mark(id), spec };
    expect(await stage.as.restart("PATCH", stage.pathOf(kind), patch)).toMatchObject({ status: 200, body: patch });
  }
});

test.each([
  ["restart", "deployments"],
  ["restart", "statefulsets"],
  ["restart", "daemonsets"],
  ["scale", "deployments"],
  ["scale", "statefulsets"],
  ["rollback", "daemonsets"],
] as const)("%s marks %s alone", async (actor, kind) => {
  const patch = { metadata: mark(`5c1d-${actor}`) };
  expect(await stage.as[actor]("PATCH", stage.pathOf(kind), patch)).toMatchObject({ status: 200, body: patch });
});

test("restart evicts a pod", async () => {
  const { uid } = (await stage.read(podPath("to-evict"))).metadata;
  const eviction = { metadata: { name: "to-evict" }, deleteOptions: { preconditions: { uid } } };
  expect(await stage.as.restart("POST", `${podPath("to-evict")}/eviction`, eviction)).toMatchObject({ status: 201 });
  expect(await stage.read(podPath("to-evict"))).toMatchObject({ code: 404 });
});

test("restart deletes a pod", async () => {
  expect(await stage.as.restart("DELETE", podPath("to-delete"))).toMatchObject({ status: 200 });
  expect(await stage.read(podPath("to-delete"))).toMatchObject({ code: 404 });
});

test.each(["deployments", "statefulsets"] as const)("scale scales %s, there and back", async (kind) => {
  for (const replicas of [2, 1]) {
    const patch = { metadata: mark(`5c1d-${replicas}`), spec: { replicas } };
    expect(await stage.as.scale("PATCH", stage.pathOf(kind), patch)).toMatchObject({ status: 200, body: patch });
  }
});

test.each(["v1", "v2"] as const)("scale raises an autoscaler's maximum, there and back, by %s", async (version) => {
  for (const maxReplicas of [5, 3]) {
    const patch = { metadata: mark(`5c1d-${maxReplicas}`), spec: { maxReplicas } };
    const answer = await stage.as.scale("PATCH", stage.pathOf("horizontalpodautoscalers", version), patch);
    expect(answer).toMatchObject({ status: 200, body: patch });
  }
});

test.each(workloadKinds)("rollback puts another template into %s, there and back", async (kind) => {
  for (const image of ["web:2", "web:1"]) {
    const earlier = {
      metadata: { labels: { app: "web" } },
      spec: { ...template.spec, containers: [{ name: "web", image }] },
    };
    const answer = await untilFirst(async () => {
      const { metadata: seen } = await stage.read(stage.pathOf(kind));
      return stage.as.rollback("PATCH", stage.pathOf(kind), [
        { op: "replace", path: "/metadata/resourceVersion", value: seen.resourceVersion },
        { op: "add", path: "/metadata/annotations", value: { ...seen.annotations, ...mark(image).annotations } },
        { op: "replace", path: "/spec/template", value: earlier },
      ]);
    });
    expect(answer).toMatchObject({ status: 200, body: { metadata: mark(image), spec: { template: earlier } } });
  }
});

test("scale may also put a whole workload that differs in its replicas alone", async () => {
  const put = (change: object) =>
    untilFirst(async () => {
      const seen = await stage.read(stage.pathOf("deployments"));
      const spec = { ...seen.spec, replicas: 2, ...change };
      return stage.as.scale("PUT", stage.pathOf("deployments"), { ...seen, spec });
    });
  expect(await put({ minReadySeconds: 9 })).toMatchObject({
    status: 403,
    body: { message: expect.stringMatching(refusal("scale", "change spec.minReadySeconds$")) },
  });
  expect(await put({})).toMatchObject({ status: 200, body: { spec: { replicas: 2 } } });
});
