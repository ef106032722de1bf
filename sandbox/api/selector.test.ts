import { expect, test } from "vitest";
import { labelSelector, matchesLabels, selectorText } from "./selector.ts";

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

test("a selector of an object reads the same as a query", () => {
  const selector = {
    matchLabels: { app: "user" },
    matchExpressions: [{ key: "tier", operator: "In", values: ["web", "db"] }],
  };
  expect(selectorText(selector)).toBe("app=user,tier in (web,db)");
  expect([matchesLabels(selector, labels), labelSelector(selectorText(selector))(labels)]).toEqual([true, true]);
});
