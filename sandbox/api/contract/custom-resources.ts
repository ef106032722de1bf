import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ground } from "./ground.ts";
import { aDefinition, aTrial } from "./objects.ts";

/** Kinds of our own: schema, pruning, defaults, CEL, status. */
export function customResourceContract(ground: Ground): void {
  const { group, namespace } = ground;
  const path = (name = "") => `/apis/${group}/v1/namespaces/${namespace}/trials${name && `/${name}`}`;
  const make = (name: string, spec: object) => ground.api.ask("POST", path(), aTrial(group, name, spec));

  describe("custom resources", () => {
    const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    afterAll(async () => {
      await ground.api.ask("DELETE", `${definitions}/trials.${group}`);
    });

    beforeAll(async () => {
      const made = await ground.api.ask("POST", definitions, aDefinition(group));
      expect(made.status).toBe(201);
      const isServed = ({ status, body }: { status: number; body: { kind?: string } }) =>
        status === 200 && body.kind === "TrialList";
      await ground.eventually(() => ground.api.ask("GET", path()), isServed);
    });

    test("defaults are filled in, what the schema does not know is dropped, and so is a status at creation", async () => {
      const { status, body } = await ground.api.ask("POST", path(), {
        ...aTrial(group, "filled", { mode: "Auto", unknown: 1 }),
        status: { phase: "Early" },
        more: true,
      });
      expect([status, body.spec, body.status, body.more]).toEqual([
        201,
        { mode: "Auto", replicas: 2 },
        undefined,
        undefined,
      ]);
      expect(body.metadata.generation).toBe(1);
    });

    test("what breaks the schema is refused: 422 with a cause for each field", async () => {
      const { status, body } = await make("broken", { mode: "Never", replicas: 11, limits: {} });
      expect([status, body.reason, body.details.kind]).toEqual([422, "Invalid", "Trial"]);
      const causes = body.details.causes.map(
        ({ field, reason }: { field: string; reason: string }) => `${field} ${reason}`,
      );
      expect(causes.sort()).toEqual([
        "<nil> FieldValueInvalid", // rules were not checked
        "spec.limits.actions FieldValueRequired",
        "spec.mode FieldValueNotSupported",
        "spec.replicas FieldValueInvalid",
      ]);
      expect(body.message).toContain(
        "spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10",
      );
      const typed = await make("broken", { mode: "Auto", replicas: "many" });
      expect(typed.body.details.causes).toMatchObject([
        { reason: "FieldValueTypeInvalid", field: "spec.replicas" },
        {},
      ]);
      const high = await make("broken", { mode: "Approve", replicas: 11 });
      expect(high.body.details.causes).toMatchObject([
        { reason: "FieldValueInvalid", field: "spec.replicas" },
        { reason: "FieldValueForbidden", field: "spec.replicas" },
      ]);
      expect((await ground.api.ask("GET", path("broken"))).status).toBe(404);
    });

    test("what breaks a CEL rule is refused with the rule's message, reason and field", async () => {
      const { status, body } = await make("ruled", { mode: "Approve", replicas: 6 });
      expect(status).toBe(422);
      expect(body.details.causes).toMatchObject([{ reason: "FieldValueForbidden", field: "spec.replicas" }]);
      expect(body.message).toContain("more than 5 need Auto");
    });

    test("a transition rule holds from the first change on", async () => {
      expect((await make("fixed", { mode: "Auto", target: "a" })).status).toBe(201);
      const moved = await ground.api.ask("PATCH", path("fixed"), { spec: { target: "b" } });
      expect(moved).toMatchObject({ status: 422, body: { details: { causes: [{ field: "spec.target" }] } } });
      expect(moved.body.message).toContain("target is immutable");
      expect((await ground.api.ask("PATCH", path("fixed"), { spec: { replicas: 3 } })).status).toBe(200);
    });

    test("status and the rest are written apart; only the spec counts for the generation", async () => {
      const made = (await make("parted", { mode: "Auto" })).body;
      const both = { spec: { replicas: 4 }, status: { phase: "Open", seen: 1 }, metadata: { labels: { a: "b" } } };
      const status = (await ground.api.ask("PATCH", `${path("parted")}/status`, both)).body;
      expect([status.spec.replicas, status.status, status.metadata.labels]).toEqual([
        2,
        { phase: "Open", seen: 1 },
        undefined,
      ]);
      expect(status.metadata.generation).toBe(1);
      const main = (await ground.api.ask("PATCH", path("parted"), { ...both, status: { phase: "Closed" } })).body;
      expect([main.spec.replicas, main.status, main.metadata.labels]).toEqual([
        4,
        { phase: "Open", seen: 1 },
        { a: "b" },
      ]);
      expect(main.metadata.generation).toBe(2);
      const stale = { metadata: { resourceVersion: made.metadata.resourceVersion }, status: { phase: "Late" } };
      expect((await ground.api.ask("PATCH", `${path("parted")}/status`, stale)).status).toBe(409);
    });

    test("a watch from a version that the server has forgotten says 410, and a new list leads on from there", async () => {
      // Of a kind that began later the server knows nothing before.
      const lines = await ground.api.watch(`${path()}?watch=true&resourceVersion=1`, 1);
      expect(lines).toMatchObject([{ type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired" } }]);
      const from = (await ground.api.ask("GET", path())).body.metadata.resourceVersion;
      const watched = ground.api.watch(`${path()}?watch=true&resourceVersion=${from}`, 1);
      await make("relisted", { mode: "Auto" });
      expect(await watched).toMatchObject([{ type: "ADDED", object: { metadata: { name: "relisted" } } }]);
    });

    test("a blind update is refused: 422; so is a strategic merge patch: 415", async () => {
      await make("seen", { mode: "Auto" });
      const blind = await ground.api.ask("PUT", path("seen"), aTrial(group, "seen", { mode: "Approve" }));
      expect(blind).toMatchObject({
        status: 422,
        body: { details: { causes: [{ field: "metadata.resourceVersion" }] } },
      });
      const strategic = { "content-type": "application/strategic-merge-patch+json" };
      expect((await ground.api.ask("PATCH", path("seen"), {}, strategic)).status).toBe(415);
    });
  });
}
