import { describe, expect, test } from "vitest";
import type { Ground } from "./ground.ts";
import { aConfigMap } from "./objects.ts";

/** Reading and writing plain objects: names, versions, preconditions, patches. */
export function objectContract(ground: Ground): void {
  const path = (name = "") => `/api/v1/namespaces/${ground.namespace}/configmaps${name && `/${name}`}`;
  const make = async (name: string) => (await ground.api.ask("POST", path(), aConfigMap(name))).body;

  describe("objects", () => {
    test("an object is created once, read back, listed by label, and gone after its deletion", async () => {
      const made = await ground.api.ask("POST", path(), aConfigMap("once"));
      expect(made).toMatchObject({ status: 201, body: { kind: "ConfigMap", data: { a: "1", b: "2" } } });
      expect(made.body.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);

      const again = await ground.api.ask("POST", path(), aConfigMap("once"));
      expect(again).toMatchObject({ status: 409, body: { kind: "Status", reason: "AlreadyExists", code: 409 } });
      expect(again.body.message).toBe('configmaps "once" already exists');

      expect((await ground.api.ask("GET", path("once"))).body).toEqual(made.body);
      const names = async (query: string) => {
        const { body } = await ground.api.ask("GET", path() + query);
        expect(Number(body.metadata.resourceVersion)).toBeGreaterThanOrEqual(
          Number(made.body.metadata.resourceVersion),
        );
        return body.items.map((item: typeof made.body) => item.metadata.name);
      };
      expect(await names("?labelSelector=app%3Dcontract")).toContain("once");
      expect(await names("?labelSelector=app%20in%20(other)")).toEqual([]);
      expect(await names("?fieldSelector=metadata.name%3Donce")).toEqual(["once"]);

      expect(await ground.api.ask("DELETE", path("once"))).toMatchObject({ status: 200, body: { status: "Success" } });
      const gone = await ground.api.ask("GET", path("once"));
      expect(gone).toMatchObject({ status: 404, body: { reason: "NotFound", message: 'configmaps "once" not found' } });
    });

    test("a name is generated where a prefix is given", async () => {
      const { status, body } = await ground.api.ask("POST", path(), { metadata: { generateName: "made-" } });
      expect([status, body.metadata.name]).toEqual([201, expect.stringMatching(/^made-[a-z0-9]{5}$/)]);
    });

    test("a write with a stale resourceVersion changes nothing: 409 Conflict", async () => {
      const first = await make("raced");
      const second = await ground.api.ask("PUT", path("raced"), { ...first, data: { a: "second" } });
      expect(second.status).toBe(200);
      const stale = { metadata: { resourceVersion: first.metadata.resourceVersion }, data: { a: "third" } };
      for (const late of [
        await ground.api.ask("PUT", path("raced"), { ...first, data: { a: "third" } }),
        await ground.api.ask("PATCH", path("raced"), stale),
      ]) {
        expect(late).toMatchObject({ status: 409, body: { reason: "Conflict" } });
        expect(late.body.message).toMatch(
          /^Operation cannot be fulfilled on configmaps "raced": the object has been modified/,
        );
      }
      expect((await ground.api.ask("GET", path("raced"))).body).toEqual(second.body);
    });

    test("a write that changes nothing keeps the resourceVersion", async () => {
      const { metadata } = await make("same");
      const { body } = await ground.api.ask("PATCH", path("same"), { data: { a: "1" } });
      expect(body.metadata.resourceVersion).toBe(metadata.resourceVersion);
    });

    test("a deletion with another uid is refused: 409, and the object stays", async () => {
      await make("kept");
      const preconditions = { uid: "00000000-0000-0000-0000-000000000000" };
      const refused = await ground.api.ask("DELETE", path("kept"), { preconditions });
      expect(refused).toMatchObject({ status: 409, body: { reason: "Conflict" } });
      expect((await ground.api.ask("GET", path("kept"))).status).toBe(200);
    });

    test("a merge patch merges maps, deletes by null and leaves the rest", async () => {
      await make("merged");
      const { body } = await ground.api.ask("PATCH", path("merged"), { data: { a: null, c: "3" } });
      expect(body.data).toEqual({ b: "2", c: "3" });
    });

    test("a JSON patch is carried out whole or not at all", async () => {
      const json = { "content-type": "application/json-patch+json" };
      await make("patched");
      const change = { op: "replace", path: "/data/a", value: "9" };
      const failing = [change, { op: "test", path: "/data/b", value: "other" }];
      const refused = await ground.api.ask("PATCH", path("patched"), failing, json);
      expect(refused).toMatchObject({ status: 422, body: { reason: "Invalid" } });
      expect((await ground.api.ask("GET", path("patched"))).body.data).toEqual({ a: "1", b: "2" });
      const done = await ground.api.ask(
        "PATCH",
        path("patched"),
        [{ op: "test", path: "/data/b", value: "2" }, change],
        json,
      );
      expect(done).toMatchObject({ status: 200, body: { data: { a: "9", b: "2" } } });
    });

    test("a patch of an unknown type is refused: 415", async () => {
      await make("odd");
      const refused = await ground.api.ask("PATCH", path("odd"), {}, { "content-type": "application/json" });
      expect(refused).toMatchObject({ status: 415, body: { reason: "UnsupportedMediaType" } });
    });

    test("names and label values outside their alphabet are refused: 422 with the field", async () => {
      const upper = await ground.api.ask("POST", path(), { metadata: { name: "Upper" } });
      expect(upper).toMatchObject({ status: 422, body: { reason: "Invalid" } });
      expect(upper.body.details.causes[0]).toMatchObject({ reason: "FieldValueInvalid", field: "metadata.name" });
      const slash = await ground.api.ask("POST", path(), { metadata: { name: "labelled", labels: { who: "a/b" } } });
      expect(slash).toMatchObject({ status: 422, body: { details: { causes: [{ field: "metadata.labels" }] } } });
    });

    test("an object whose name is not the path's is refused: 400", async () => {
      const made = await make("mine");
      const other = { ...made, metadata: { ...made.metadata, name: "other" } };
      expect(await ground.api.ask("PUT", path("mine"), other)).toMatchObject({
        status: 400,
        body: { reason: "BadRequest" },
      });
    });

    test("nothing is created in a namespace that is not there: 404", async () => {
      const refused = await ground.api.ask(
        "POST",
        "/api/v1/namespaces/contract-nowhere/configmaps",
        aConfigMap("lost"),
      );
      expect(refused).toMatchObject({ status: 404, body: { message: 'namespaces "contract-nowhere" not found' } });
    });

    test("events are found by what they are about, and stand in its namespace only", async () => {
      const { namespace } = ground;
      const events = `/api/v1/namespaces/${namespace}/events`;
      const about = (name: string, where: string) => ({
        metadata: { generateName: "contract-" },
        involvedObject: { apiVersion: "v1", kind: "Pod", namespace: where, name },
        reason: "Contract",
        message: name,
        type: "Normal",
      });
      for (const name of ["one", "two"]) {
        expect((await ground.api.ask("POST", events, about(name, namespace))).status).toBe(201);
      }
      const found = await ground.api.ask(
        "GET",
        `${events}?fieldSelector=involvedObject.name%3Done%2Creason%3DContract`,
      );
      expect(found.body.items.map((item: { message: string }) => item.message)).toEqual(["one"]);
      expect((await ground.api.ask("POST", events, about("three", "default"))).status).toBe(422);
      const unknown = await ground.api.ask("GET", `${events}?fieldSelector=involvedObject.color%3Dred`);
      expect(unknown).toMatchObject({ status: 400, body: { reason: "BadRequest" } });
    });
  });
}
