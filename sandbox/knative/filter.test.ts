import { expect, test } from "vitest";
import { type Filter, filterProblem, type Selection, takes } from "./filter.ts";

const event = {
  attributes: { type: "dev.autoheal.remedy.requested.v1", source: "/diagnose", remedy: "restart" },
  data: Buffer.alloc(0),
};
const restart: Filter = { exact: { remedy: "restart" } };
const scale: Filter = { exact: { remedy: "scale" } };

test.each<[string, Selection, boolean]>([
  ["nothing asked takes all", {}, true],
  ["an empty list of filters takes all", { filters: [] }, true],
  ["exact, equal", { filters: [restart] }, true],
  ["exact, different", { filters: [scale] }, false],
  ["exact, attribute absent", { filters: [{ exact: { severity: "critical" } }] }, false],
  ["exact, one of two differs", { filters: [{ exact: { remedy: "restart", source: "/x" } }] }, false],
  ["prefix", { filters: [{ prefix: { type: "dev.autoheal." } }] }, true],
  ["prefix of something else", { filters: [{ prefix: { type: "autoheal." } }] }, false],
  ["suffix", { filters: [{ suffix: { type: ".v1" } }] }, true],
  ["suffix of something else", { filters: [{ suffix: { type: ".v2" } }] }, false],
  ["all, both pass", { filters: [{ all: [restart, { suffix: { type: ".v1" } }] }] }, true],
  ["all, one fails", { filters: [{ all: [restart, scale] }] }, false],
  ["any, one passes", { filters: [{ any: [scale, restart] }] }, true],
  ["any, none passes", { filters: [{ any: [scale] }] }, false],
  ["not of what passes", { filters: [{ not: restart }] }, false],
  ["not of what fails", { filters: [{ not: scale }] }, true],
  ["not of an absent attribute", { filters: [{ not: { exact: { severity: "info" } } }] }, true],
  ["all entries of filters must pass", { filters: [restart, scale] }, false],
  ["filter, equal", { filter: { attributes: { remedy: "restart" } } }, true],
  ["filter, different", { filter: { attributes: { remedy: "scale" } } }, false],
  ["filter, an empty value takes any", { filter: { attributes: { remedy: "" } } }, true],
  ["filter, an empty value wants the attribute", { filter: { attributes: { severity: "" } } }, false],
  ["filters overrides filter", { filter: { attributes: { remedy: "scale" } }, filters: [restart] }, true],
  ["an empty filters leaves filter alone", { filter: { attributes: { remedy: "scale" } }, filters: [] }, false],
])("%s", (_, selection, taken) => {
  expect(takes(selection, event)).toBe(taken);
});

test("a filter entry of two dialects, or of an unknown one, is a problem at any depth", () => {
  expect(filterProblem({ filters: [{ ...restart, prefix: { type: "x" } }] })).toContain("one dialect, not 2");
  expect(filterProblem({ filters: [{ not: { all: [{ cesql: "true" } as Filter] } }] })).toContain('"cesql"'); // reason: what is not served
  expect(filterProblem({ filters: [{ any: [restart, { not: scale }] }] })).toBeUndefined();
});
