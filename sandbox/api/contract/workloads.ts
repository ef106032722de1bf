import { describe, expect, test } from "vitest";
import type { Ground } from "./ground.ts";
import { aDeployment } from "./objects.ts";

/** Deployments: generation, strategic patches, /scale and /status, and the way from a pod to its workload. */
export function workloadContract(ground: Ground): void {
  const path = (name = "") => `/apis/apps/v1/namespaces/${ground.namespace}/deployments${name && `/${name}`}`;
  const make = async (name: string, replicas = 0) =>
    (await ground.api.ask("POST", path(), aDeployment(name, replicas, ground.idle))).body;
  const generation = async (patch: object, at: string) =>
    (await ground.api.ask("PATCH", at, patch)).body.metadata.generation;

  describe("workloads", () => {
    test("generation counts changes of the spec and of annotations, not of labels or status", async () => {
      expect((await make("counted")).metadata.generation).toBe(1);
      expect(await generation({ spec: { minReadySeconds: 1 } }, path("counted"))).toBe(2);
      expect(await generation({ spec: { minReadySeconds: 1 } }, path("counted"))).toBe(2);
      expect(await generation({ metadata: { labels: { more: "yes" } } }, path("counted"))).toBe(2);
      expect(await generation({ metadata: { annotations: { more: "yes" } } }, path("counted"))).toBe(3);
      expect(await generation({ status: { observedGeneration: 3 } }, `${path("counted")}/status`)).toBe(3);
    });

    test("what is read back is complete: defaults are filled in", async () => {
      const { spec } = await make("defaulted");
      expect(spec).toMatchObject({
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        template: {
          spec: { restartPolicy: "Always", containers: [{ terminationMessagePath: "/dev/termination-log" }] },
        },
      });
    });

    test("a strategic merge patch finds containers and variables by name; a merge patch replaces the list", async () => {
      const [container] = (await make("strategic")).spec.template.spec.containers;
      const change = (env: object[]) => ({
        spec: { template: { spec: { containers: [{ name: container.name, env }] } } },
      });
      const strategic = { "content-type": "application/strategic-merge-patch+json" };
      await ground.api.ask("PATCH", path("strategic"), change([{ name: "A", value: "1" }]), strategic);
      const { body } = await ground.api.ask("PATCH", path("strategic"), change([{ name: "B", value: "2" }]), strategic);
      const [patched] = body.spec.template.spec.containers;
      expect(patched.image).toBe(container.image);
      expect(
        Object.fromEntries(patched.env.map((one: { name: string; value: string }) => [one.name, one.value])),
      ).toEqual({
        A: "1",
        B: "2",
      });
      const replaced = await ground.api.ask("PATCH", path("strategic"), change([]));
      expect(replaced).toMatchObject({ status: 422, body: { reason: "Invalid" } }); // a container without its image
    });

    test("a selector that its template does not match, or that changes, is refused: 422", async () => {
      const wrong = aDeployment("unmatched", 0, ground.idle);
      wrong.spec.selector.matchLabels.app = "other";
      const refused = await ground.api.ask("POST", path(), wrong);
      expect(refused).toMatchObject({
        status: 422,
        body: { details: { causes: [{ field: "spec.template.metadata.labels" }] } },
      });
      await make("settled");
      const moved = { spec: { selector: { matchLabels: { app: "settled", more: "yes" } } } };
      expect((await ground.api.ask("PATCH", path("settled"), moved)).status).toBe(422);
    });

    test("/scale reads and sets replicas alone, and refuses a stale version", async () => {
      const made = await make("scaled");
      const scale = await ground.api.ask("GET", `${path("scaled")}/scale`);
      expect(scale.body).toMatchObject({ kind: "Scale", apiVersion: "autoscaling/v1", spec: {} });
      expect(scale.body.spec.replicas ?? 0).toBe(0);
      expect(scale.body.status.selector).toBe("app=scaled");
      const set = await ground.api.ask("PATCH", `${path("scaled")}/scale`, { spec: { replicas: 1 } });
      expect(set).toMatchObject({ status: 200, body: { kind: "Scale", spec: { replicas: 1 } } });
      const after = (await ground.api.ask("GET", path("scaled"))).body;
      expect([after.spec.replicas, after.metadata.generation]).toEqual([1, 2]);
      expect(after.spec.template).toEqual(made.spec.template);
      const stale = { ...scale.body, spec: { replicas: 5 } };
      expect((await ground.api.ask("PUT", `${path("scaled")}/scale`, stale)).status).toBe(409);
      expect((await ground.api.ask("PATCH", `${path("scaled")}/scale`, { spec: { replicas: -1 } })).status).toBe(422);
      expect((await ground.api.ask("GET", path("scaled"))).body.spec.replicas).toBe(1);
    });

    test("writes of the main resource leave the status alone, writes of the status the spec", async () => {
      await make("split");
      const both = { spec: { minReadySeconds: 7 }, status: { collisionCount: 9 } };
      const main = await ground.api.ask("PATCH", path("split"), both);
      expect([main.body.spec.minReadySeconds, main.body.status?.collisionCount]).toEqual([7, undefined]);
      const status = await ground.api.ask("PATCH", `${path("split")}/status`, {
        ...both,
        spec: { minReadySeconds: 8 },
      });
      expect([status.body.spec.minReadySeconds, status.body.status.collisionCount]).toEqual([7, 9]);
    });

    test("controller references lead from a pod over its ReplicaSet to the Deployment", async () => {
      const deployment = await make("owner", 1);
      const pods = `/api/v1/namespaces/${ground.namespace}/pods?labelSelector=app%3Downer`;
      const { body } = await ground.eventually(
        () => ground.api.ask("GET", pods),
        (seen) => seen.body.items.length > 0,
      );
      const [toSet] = body.items[0].metadata.ownerReferences;
      expect(toSet).toMatchObject({ apiVersion: "apps/v1", kind: "ReplicaSet", controller: true });
      const sets = `/apis/apps/v1/namespaces/${ground.namespace}/replicasets/${toSet.name}`;
      const { metadata } = (await ground.api.ask("GET", sets)).body;
      expect(metadata.uid).toBe(toSet.uid);
      expect(metadata.annotations["deployment.kubernetes.io/revision"]).toBe("1");
      expect(metadata.ownerReferences).toMatchObject([
        { kind: "Deployment", name: "owner", uid: deployment.metadata.uid, controller: true },
      ]);
      // The controller writes its annotation a moment later, and that is no change of the generation.
      const annotated = await ground.eventually(
        () => ground.api.ask("GET", path("owner")),
        (seen) => seen.body.metadata.annotations?.["deployment.kubernetes.io/revision"] !== undefined,
      );
      expect(annotated.body.metadata).toMatchObject({
        annotations: { "deployment.kubernetes.io/revision": "1" },
        generation: 1,
      });
    });
  });
}
