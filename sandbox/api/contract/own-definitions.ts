import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Answer } from "./connection.ts";
import type { Ground } from "./ground.ts";

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const PLURALS = ["incidents", "healingpolicies", "healingledgers"];

/** AutoHeal's own definitions, in a group of this run: they are accepted, and their rules hold. */
export function ownDefinitionContract(ground: Ground): void {
  const group = `own.${ground.group}`;
  const root = `/apis/${group}/v1alpha1`;
  const namespaced = (plural: string, name = "") =>
    `${root}/namespaces/${ground.namespace}/${plural}${name && `/${name}`}`;
  const object = (kind: string, name: string, spec: object) => ({
    apiVersion: `${group}/v1alpha1`,
    kind,
    metadata: { name },
    spec,
  });
  const refusal = ({ status, body }: Answer) => [
    status,
    body.details?.causes?.map(({ field }: { field: string }) => field),
    body.message,
  ];

  describe("AutoHeal's own definitions", () => {
    beforeAll(async () => {
      for (const plural of PLURALS) {
        const file = new URL(`../../../knative/base/crds/${plural}.yaml`, import.meta.url);
        const definition = parse(readFileSync(file, "utf8"));
        definition.metadata.name = `${plural}.${group}`;
        definition.spec.group = group;
        const made = await ground.api.ask("POST", DEFINITIONS, definition);
        expect(made, JSON.stringify(made.body)).toMatchObject({ status: 201 });
      }
      for (const plural of PLURALS) {
        await ground.eventually(
          () => ground.api.ask("GET", `${root}/${plural}`),
          ({ status, body }) => status === 200 && body.kind?.endsWith("List"),
        );
      }
    });

    afterAll(async () => {
      for (const plural of PLURALS) await ground.api.ask("DELETE", `${DEFINITIONS}/${plural}.${group}`);
    });

    test("a policy's empty selector is never everything", async () => {
      const policy = (spec: object) => object("HealingPolicy", "default", spec);
      const empty = policy({ selector: { matchLabels: {} } });
      expect(refusal(await ground.api.ask("POST", namespaced("healingpolicies"), empty))).toEqual([
        422,
        ["spec"],
        expect.stringContaining("an empty selector is never everything"),
      ]);
      const some = policy({ selector: { matchLabels: { app: "web" } } });
      expect((await ground.api.ask("POST", namespaced("healingpolicies"), some)).status).toBe(201);
    });

    test("a pause names its target, unless it is the cluster's", async () => {
      const ledger = (scope: string) =>
        object("HealingLedger", "contract", { pauses: [{ scope, reason: "a test", by: "contract" }] });
      expect(refusal(await ground.api.ask("POST", `${root}/healingledgers`, ledger("Namespace")))).toEqual([
        422,
        ["spec"],
        expect.stringContaining("names its target"),
      ]);
      expect((await ground.api.ask("POST", `${root}/healingledgers`, ledger("Cluster"))).status).toBe(201);
    });

    test("an incident's spec never changes, and once closed it stays closed", async () => {
      const spec = { subject: "shop/Deployment/web", openedAt: "2026-01-01T12:00:00Z" };
      const incident = object("Incident", "deployment-web-1", spec);
      expect((await ground.api.ask("POST", namespaced("incidents"), incident)).status).toBe(201);
      const at = namespaced("incidents", "deployment-web-1");
      expect(refusal(await ground.api.ask("PATCH", at, { spec: { subject: "shop/Deployment/other" } }))).toEqual([
        422,
        ["spec"],
        expect.stringContaining("an incident's spec never changes"),
      ]);
      const write = (fields: object) =>
        ground.api.ask("PATCH", `${at}/status`, {
          status: { alerts: [], evidence: [], remediations: [], outbox: [], ...fields },
        });
      expect(refusal(await write({ phase: "Closed" }))).toEqual([
        422,
        ["status"],
        expect.stringContaining("a closed incident says when and how it ended"),
      ]);
      const closed = { phase: "Closed", closedAt: "2026-01-01T12:30:00Z", outcome: "Succeeded" };
      expect(await write(closed)).toMatchObject({ status: 200, body: { status: closed } });
      expect(refusal(await write({ phase: "Open" }))).toEqual([
        422,
        ["status"],
        expect.stringContaining("a closed incident stays closed"),
      ]);
    });
  });
}
