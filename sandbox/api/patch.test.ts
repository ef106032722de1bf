import { expect, test } from "vitest";
import { applyPatch } from "./patch.ts";
import { StatusError } from "./status-error.ts";

const JSON_PATCH = "application/json-patch+json";
const STRATEGIC = "application/strategic-merge-patch+json";

test.each([
  ["add to a map", { a: 1 }, [{ op: "add", path: "/b", value: 2 }], { a: 1, b: 2 }],
  ["add replaces what is there", { a: 1 }, [{ op: "add", path: "/a", value: 2 }], { a: 2 }],
  ["add into a list", { l: [1, 3] }, [{ op: "add", path: "/l/1", value: 2 }], { l: [1, 2, 3] }],
  ["add at a list's end", { l: [1] }, [{ op: "add", path: "/l/-", value: 2 }], { l: [1, 2] }],
  [
    "remove",
    { a: 1, l: [1, 2] },
    [
      { op: "remove", path: "/a" },
      { op: "remove", path: "/l/0" },
    ],
    { l: [2] },
  ],
  ["replace", { l: [{ a: 1 }] }, [{ op: "replace", path: "/l/0/a", value: null }], { l: [{ a: null }] }],
  ["move", { a: { b: 1 } }, [{ op: "move", from: "/a/b", path: "/c" }], { a: {}, c: 1 }],
  ["copy", { a: 1 }, [{ op: "copy", from: "/a", path: "/b" }], { a: 1, b: 1 }],
  ["test whole values", { a: { b: [1] } }, [{ op: "test", path: "/a", value: { b: [1] } }], { a: { b: [1] } }],
  ["keys with / and ~", { "a/b~": 1 }, [{ op: "replace", path: "/a~1b~0", value: 2 }], { "a/b~": 2 }],
  ["the whole document", { a: 1 }, [{ op: "replace", path: "", value: { b: 2 } }], { b: 2 }],
])("JSON patch: %s", (_, target, patch, expected) => {
  const before = structuredClone(target);
  expect(applyPatch(JSON_PATCH, target, patch, true)).toEqual(expected);
  expect(target).toEqual(before);
});

test.each([
  ["a test that fails", [{ op: "test", path: "/a", value: 2 }], 422],
  ["a test of what is missing", [{ op: "test", path: "/x", value: 2 }], 422],
  ["removing what is missing", [{ op: "remove", path: "/x" }], 422],
  ["replacing what is missing", [{ op: "replace", path: "/x/y", value: 1 }], 422],
  ["an index past the end", [{ op: "add", path: "/l/9", value: 1 }], 422],
  ["an unknown operation", [{ op: "swap", path: "/a" }], 400],
  ["a map instead of a list", { a: 1 }, 400],
])("JSON patch refuses %s", (_, patch, code) => {
  let refused: unknown;
  try {
    applyPatch(JSON_PATCH, { a: 1, l: [1] }, patch, true);
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(StatusError);
  expect(refused).toMatchObject({ code });
});

const template = (containers: object[]) => ({ spec: { containers } });
const user = { name: "user", image: "user:1", env: [{ name: "A", value: "1" }], args: ["a"] };

test.each([
  ["a container is found by name", [{ name: "user", image: "user:2" }], [{ ...user, image: "user:2" }]],
  ["a new container is appended", [{ name: "proxy" }], [user, { name: "proxy" }]],
  [
    "a variable is found by name",
    [{ name: "user", env: [{ name: "A", value: "2" }] }],
    [{ ...user, env: [{ name: "A", value: "2" }] }],
  ],
  ["a list without a merge key is replaced", [{ name: "user", args: ["b"] }], [{ ...user, args: ["b"] }]],
  ["null deletes", [{ name: "user", env: null }], [{ name: "user", image: "user:1", args: ["a"] }]],
  ["$patch delete takes an item out", [{ name: "user", $patch: "delete" }], []],
])("strategic merge: %s", (_, patch, expected) => {
  expect(applyPatch(STRATEGIC, template([user]), template(patch), true)).toEqual(template(expected));
});

test("strategic merge: a Service's ports go by port, a container's by containerPort", () => {
  const service = { spec: { ports: [{ port: 80, name: "web" }] } };
  const patched = applyPatch(STRATEGIC, service, { spec: { ports: [{ port: 80, targetPort: 8080 }] } }, true);
  expect(patched.spec.ports).toEqual([{ port: 80, name: "web", targetPort: 8080 }]);
  const pod = template([{ name: "a", ports: [{ containerPort: 80, name: "web" }] }]);
  const changed = applyPatch(
    STRATEGIC,
    pod,
    template([{ name: "a", ports: [{ containerPort: 80, protocol: "TCP" }] }]),
    true,
  );
  expect(changed.spec.containers[0].ports).toEqual([{ containerPort: 80, name: "web", protocol: "TCP" }]);
});

test("server-side apply is refused by name", () => {
  expect(() => applyPatch("application/apply-patch+yaml", {}, {}, true)).toThrow("server-side apply");
});

test.each([
  ["$retainKeys", { $retainKeys: ["a"] }],
  ["$patch: replace", { containers: [{ $patch: "replace" }] }],
])("the strategic merge directive %s is refused by name", (directive, patch) => {
  expect(() => applyPatch(STRATEGIC, {}, patch, true)).toThrow(
    `the sandbox does not serve the strategic merge directive ${directive}`,
  );
});
