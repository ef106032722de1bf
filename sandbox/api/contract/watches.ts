import { describe, expect, test } from "vitest";
import type { Ground } from "./ground.ts";
import { aConfigMap } from "./objects.ts";

/** Following changes: from a list on, and through a selector. */
export function watchContract(ground: Ground): void {
  const path = (name = "") => `/api/v1/namespaces/${ground.namespace}/configmaps${name && `/${name}`}`;
  // A real cluster puts a ConfigMap of its own into each namespace, sooner or later.
  const ours = "labelSelector=app%3Dcontract";
  const seen = (lines: { type: string; object: { metadata: { name: string } } }[]) =>
    lines.map(({ type, object }) => `${type} ${object.metadata.name}`);

  describe("watches", () => {
    test("a watch from a list's version tells every later change in order, also those before it began", async () => {
      const from = (await ground.api.ask("GET", path())).body.metadata.resourceVersion;
      await ground.api.ask("POST", path(), aConfigMap("followed"));
      const watched = ground.api.watch(`${path()}?watch=true&resourceVersion=${from}&${ours}`, 3);
      await ground.api.ask("PATCH", path("followed"), { data: { c: "3" } });
      await ground.api.ask("DELETE", path("followed"));
      const lines = await watched;
      expect(seen(lines)).toEqual(["ADDED followed", "MODIFIED followed", "DELETED followed"]);
      const versions = lines.map(({ object }) => Number(object.metadata.resourceVersion));
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
      expect(versions[0]).toBeGreaterThan(Number(from));
    });

    test("for a watch with a selector, an object that leaves the selection is DELETED, one that enters it ADDED", async () => {
      await ground.api.ask("POST", path(), aConfigMap("moving"));
      const from = (await ground.api.ask("GET", path())).body.metadata.resourceVersion;
      const watched = ground.api.watch(`${path()}?watch=true&resourceVersion=${from}&${ours}`, 2);
      await ground.api.ask("PATCH", path("moving"), { metadata: { labels: { app: "other" } } });
      await ground.api.ask("PATCH", path("moving"), { metadata: { labels: { app: "contract" } } });
      expect(seen(await watched)).toEqual(["DELETED moving", "ADDED moving"]);
    });

    test("a watch without a version begins with what is there", async () => {
      await ground.api.ask("POST", path(), aConfigMap("present"));
      const query = "watch=true&fieldSelector=metadata.name%3Dpresent";
      expect(seen(await ground.api.watch(`${path()}?${query}`, 1))).toEqual(["ADDED present"]);
    });

    test("a watch ends after timeoutSeconds", async () => {
      const from = (await ground.api.ask("GET", path())).body.metadata.resourceVersion;
      const started = Date.now();
      const query = `watch=true&resourceVersion=${from}&timeoutSeconds=1&${ours}`;
      expect(await ground.api.watch(`${path()}?${query}`, 1, 9000)).toEqual([]);
      expect(Date.now() - started).toBeLessThan(8000);
    });
  });
}
