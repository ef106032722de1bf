import { expect, test } from "vitest";
import { createStore } from "../memory-store.ts";
import type { KubernetesObject } from "../object.ts";
import { StatusError } from "../status-error.ts";
import { serveDefinitions } from "./index.ts";

const RESOURCE = "trials.example.com";

function aStore(spec: object) {
  const store = createStore();
  serveDefinitions(store);
  const schema = { openAPIV3Schema: { type: "object", properties: { spec } } };
  store.create("customresourcedefinitions.apiextensions.k8s.io", {
    metadata: { name: RESOURCE },
    spec: {
      group: "example.com",
      scope: "Cluster",
      names: { plural: "trials", kind: "Trial" },
      versions: [{ name: "v1", served: true, storage: true, schema, subresources: { status: {} } }],
    },
  });
  return store;
}

const causesOf = (write: () => unknown): string[] => {
  try {
    write();
    return [];
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    const causes = error.details?.causes as { field: string; reason: string }[]; // as every 422 has them
    return causes.map(({ field, reason }) => `${field} ${reason}`);
  }
};

/** The causes for which a spec is refused by a schema; none when it is stored. */
const refused = (schema: object, spec: unknown) =>
  causesOf(() => aStore(schema).create(RESOURCE, { metadata: { name: "a" }, spec }));

const stored = (schema: object, spec: unknown) =>
  aStore(schema).create<KubernetesObject>(RESOURCE, { metadata: { name: "a" }, spec }).spec;

const object = (properties: object, more: object = {}) => ({ type: "object", properties, ...more });

test.each<[string, object, unknown, string[]]>([
  ["too many items", { type: "array", maxItems: 1, items: {} }, [1, 2], ["spec.v FieldValueTooMany"]],
  ["a text too long", { type: "string", maxLength: 2 }, "abc", ["spec.v FieldValueTooLong"]],
  ["a text that does not match", { type: "string", pattern: "^a+$" }, "ab", ["spec.v FieldValueInvalid"]],
  ["no date", { type: "string", format: "date-time" }, "yesterday", ["spec.v FieldValueInvalid"]],
  ["a date", { type: "string", format: "date-time" }, "2026-01-01T00:00:00Z", []],
  ["null where none is allowed", { type: "string" }, null, ["spec.v FieldValueTypeInvalid"]],
  ["null where it is allowed", { type: "string", nullable: true }, null, []],
  ["a wrong item", { type: "array", items: { type: "integer" } }, [1, "b"], ["spec.v[1] FieldValueTypeInvalid"]],
  [
    "a wrong value of a map",
    { type: "object", additionalProperties: { type: "integer" } },
    { k: "v" },
    ["spec.v.k FieldValueTypeInvalid"],
  ],
])("schema: %s", (_, schema, value, causes) => {
  expect(refused(object({ v: schema }), { v: value })).toEqual(causes);
});

test("unknown fields are dropped at every depth", () => {
  const inner = object({ known: { type: "string" } });
  const value = { known: "a", other: 1 };
  expect(
    stored(object({ list: { type: "array", items: inner }, map: { type: "object", additionalProperties: inner } }), {
      list: [value],
      map: { k: value },
    }),
  ).toEqual({ list: [{ known: "a" }], map: { k: { known: "a" } } });
});

test("defaults fill nested fields", () => {
  const schema = object({
    limits: object({ n: { type: "integer", default: 3 } }, { default: {} }),
    mode: { type: "string", default: "Auto" },
  });
  expect(stored(schema, {})).toEqual({ limits: { n: 3 }, mode: "Auto" });
});

const ruled = (rule: object, properties: object) => object(properties, { "x-kubernetes-validations": [rule] });

test.each<[string, string, unknown, boolean]>([
  ["whole numbers compare as int", "self.n == 5 && type(self.n) == int", { n: 5 }, true],
  ["a missing field is seen by has()", "!has(self.n)", {}, true],
  ["reading a missing field breaks the rule", "self.n > 1", {}, false],
  [
    "lists and maps have macros",
    "self.list.all(x, x.size() == 1) && self.map.exists(k, self.map[k] == 'v')",
    { list: ["a"], map: { k: "v" } },
    true,
  ],
])("CEL: %s", (_, rule, spec, holds) => {
  const properties = {
    n: { type: "integer" },
    list: { type: "array", items: { type: "string" } },
    map: { type: "object", additionalProperties: { type: "string" } },
  };
  expect(refused(ruled({ rule }, properties), spec)).toEqual(holds ? [] : ["spec FieldValueInvalid"]);
});

test("rules of items and values are checked where they stand", () => {
  const item = { type: "integer", "x-kubernetes-validations": [{ rule: "self > 1" }] };
  expect(refused(object({ list: { type: "array", items: item } }), { list: [2, 1] })).toEqual([
    "spec.list[1] FieldValueInvalid",
  ]);
  expect(refused(object({ map: { type: "object", additionalProperties: item } }), { map: { k: 0 } })).toEqual([
    "spec.map.k FieldValueInvalid",
  ]);
});

test("a transition rule waits for a first value", () => {
  const store = aStore(object({ n: { type: "integer", "x-kubernetes-validations": [{ rule: "self >= oldSelf" }] } }));
  store.create(RESOURCE, { metadata: { name: "a" }, spec: {} });
  const write = (n: number) =>
    causesOf(() =>
      store.modify<KubernetesObject>(RESOURCE, undefined, "a", (draft) => {
        draft.spec = { n };
      }),
    );
  expect([write(3), write(2)]).toEqual([[], ["spec.n FieldValueInvalid"]]);
});

test.each([
  ["x-kubernetes-list-type", { type: "array", items: {}, "x-kubernetes-list-type": "set" }],
  ["messageExpression", { type: "string", "x-kubernetes-validations": [{ rule: "true", messageExpression: "'a'" }] }],
])("a definition with %s is refused by name", (what, schema) => {
  expect(() => aStore(object({ v: schema }))).toThrow(`the sandbox does not serve ${what}`);
});

test("a definition with a rule that is no CEL is refused, and its kind is not served", () => {
  expect(causesOf(() => aStore(ruled({ rule: "self.n >" }, {})))).toEqual([
    "spec.versions[0].schema FieldValueInvalid",
  ]);
});

test("a changed definition holds for the next write; a deleted one takes its objects along", () => {
  const store = aStore(object({ n: { type: "integer" } }));
  const definitions = "customresourcedefinitions.apiextensions.k8s.io";
  store.create(RESOURCE, { metadata: { name: "a" }, spec: { n: 5 } });
  store.modify<KubernetesObject>(definitions, undefined, RESOURCE, (draft) => {
    draft.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.n.maximum = 4;
  });
  expect(causesOf(() => store.create(RESOURCE, { metadata: { name: "b" }, spec: { n: 5 } }))).toEqual([
    "spec.n FieldValueInvalid",
  ]);
  store.delete(definitions, undefined, RESOURCE);
  expect(() => store.list(RESOURCE)).toThrow("does not serve");
});
