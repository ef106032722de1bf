import { expect, test } from "vitest";
import { labelSelector, matchesLabels } from "./selector.ts";

const labels = { app: "user", tier: "web" };

test.each([
  ["", true],
  ["app=user", true],
  ["app==user,tier=web", true],
  ["app=user,tier=db", false],
  ["app!=user", false],
  ["zone!=a", true],
  ["app in (user, auth)", true],
  ["app in (auth),tier", false],
  ["app notin (auth)", true],
  ["zone notin (a)", true],
  ["tier", true],
  ["!tier", false],
  ["!zone", true],
])("the label selector '%s' selects: %s", (text, selected) => {
  expect(labelSelector(text)(labels)).toBe(selected);
});

test("what is no label selector is refused", () => {
  expect(() => labelSelector("app~user")).toThrow("unable to parse requirement");
});

test("an empty selector of an object matches nothing", () => {
  expect([matchesLabels({}, labels), matchesLabels(undefined, labels)]).toEqual([false, false]);
});

test("of an object's selector everything must hold", () => {
  const tier = (operator: string) => ({
    matchLabels: { app: "user" },
    matchExpressions: [{ key: "tier", operator, values: ["web", "db"] }],
  });
  expect([matchesLabels(tier("In"), labels), matchesLabels(tier("NotIn"), labels)]).toEqual([true, false]);
});
