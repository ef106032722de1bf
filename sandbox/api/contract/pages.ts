import { beforeAll, describe, expect, test } from "vitest";
import type { Ground } from "./ground.ts";
import { aConfigMap } from "./objects.ts";

/** Lists that come in pages: `limit` and `continue`. */
export function pageContract(ground: Ground): void {
  const path = (name = "") => `/api/v1/namespaces/${ground.namespace}/configmaps${name && `/${name}`}`;
  const paged = (name: string) => aConfigMap(name, { metadata: { name, labels: { paged: "yes" } } });
  const page = async (limit: number, from?: string) => {
    const next = from === undefined ? "" : `&continue=${encodeURIComponent(from)}`;
    const { status, body } = await ground.api.ask("GET", `${path()}?labelSelector=paged%3Dyes&limit=${limit}${next}`);
    expect(status).toBe(200);
    const names: string[] = body.items.map((item: { metadata: { name: string } }) => item.metadata.name);
    return { names, next: body.metadata.continue, version: body.metadata.resourceVersion };
  };

  describe("pages of a list", () => {
    beforeAll(async () => {
      for (const name of ["page-a", "page-b", "page-c", "page-d", "page-e"]) {
        expect((await ground.api.ask("POST", path(), paged(name))).status).toBe(201);
      }
      expect((await ground.api.ask("POST", path(), aConfigMap("page-z"))).status).toBe(201);
    });

    test("a list longer than its limit says how to go on, and ends without a word", async () => {
      const first = await page(2);
      expect(first).toMatchObject({ names: ["page-a", "page-b"], next: expect.stringMatching(/./) });
      const second = await page(2, first.next);
      expect(second).toMatchObject({ names: ["page-c", "page-d"], next: expect.stringMatching(/./) });
      expect(await page(2, second.next)).toMatchObject({ names: ["page-e"], next: undefined });
      expect((await page(9)).next).toBeUndefined();
    });

    test("the last page may be empty, where only what is not selected follows", async () => {
      const full = await page(5);
      expect(full.names).toHaveLength(5);
      expect(await page(5, full.next)).toMatchObject({ names: [], next: undefined });
    });

    test("all pages are of the moment of the first", async () => {
      const first = await page(2);
      await ground.api.ask("POST", path(), paged("page-bb"));
      await ground.api.ask("DELETE", path("page-c"));
      await ground.api.ask("PATCH", path("page-d"), { metadata: { labels: { paged: "no" } } });
      const rest = await page(9, first.next);
      expect(rest).toEqual({ names: ["page-c", "page-d", "page-e"], next: undefined, version: first.version });
      expect((await page(9)).names).toEqual(["page-a", "page-b", "page-bb", "page-e"]);
    });

    test("what is no way to go on is refused: 400", async () => {
      const { status, body } = await ground.api.ask("GET", `${path()}?limit=2&continue=nonsense`);
      expect([status, body.reason]).toEqual([400, "BadRequest"]);
      expect(body.message).toContain("continue key is not valid");
    });
  });
}
