import { expect, test } from "vitest";
import { createStore, type KubernetesObject, StatusError, type WatchEvent } from "./index.ts";

const aPod = (name: string, more: object = {}) => ({
  metadata: { name, namespace: "shop" },
  spec: { nodeName: "sandbox", containers: [{ name: "main", image: "user:1" }] },
  ...more,
});
const aConfigMap = (name: string) => ({ metadata: { name, namespace: "shop" }, data: { a: "1" } });
const codeOf = (write: () => unknown): number | undefined => {
  try {
    write();
    return undefined;
  } catch (error) {
    return error instanceof StatusError ? error.code : undefined;
  }
};

test("what is handed out cannot change what is stored", () => {
  const store = createStore();
  const made = store.create("configmaps", aConfigMap("kept"));
  expect(() => {
    made.data.a = "2";
  }).toThrow(TypeError);
  expect(store.get("configmaps", "shop", "kept")?.data).toEqual({ a: "1" });
});

test("what is handed in can be changed afterwards without changing what is stored", () => {
  const store = createStore();
  const given = aConfigMap("kept");
  store.create("configmaps", given);
  given.data.a = "2";
  expect(store.get("configmaps", "shop", "kept")?.data).toEqual({ a: "1" });
});

test("the same change twice is one write", () => {
  const store = createStore();
  store.create("configmaps", aConfigMap("once"));
  const events: string[] = [];
  store.watch("configmaps", ({ type }) => events.push(type));
  for (const _ of [1, 2]) {
    store.modify<KubernetesObject>("configmaps", "shop", "once", (draft) => {
      draft.data.a = "2";
    });
  }
  expect(events).toEqual(["MODIFIED"]);
});

test("identity survives every write", () => {
  const store = createStore();
  const { metadata } = store.create("pods", aPod("same"));
  const after = store.modify<KubernetesObject>("pods", "shop", "same", (draft) => {
    draft.metadata = {
      ...draft.metadata,
      creationTimestamp: "1970-01-01T00:00:00Z",
      deletionTimestamp: "1970-01-01T00:00:00Z",
    };
  });
  expect(after?.metadata).toEqual(metadata);
});

test("an update with an old resourceVersion or another uid is a conflict; without them it is taken", () => {
  const store = createStore();
  const first = store.create("configmaps", aConfigMap("raced"));
  const second = store.update("configmaps", { ...first, data: { a: "2" } });
  expect(codeOf(() => store.update("configmaps", { ...first, data: { a: "3" } }))).toBe(409);
  const other = { ...second, metadata: { ...second.metadata, uid: "another" } };
  expect(codeOf(() => store.update("configmaps", other))).toBe(409);
  expect(store.get("configmaps", "shop", "raced")?.data).toEqual({ a: "2" });
  expect(store.update("configmaps", { ...aConfigMap("raced"), data: { a: "4" } })).toMatchObject({ data: { a: "4" } });
});

test("a pod that a kubelet has is only marked by a deletion, until it is removed", () => {
  const store = createStore({ now: () => new Date("2026-01-01T00:00:00.500Z") });
  store.create("pods", aPod("leaving"));
  store.delete("pods", "shop", "leaving");
  const leaving = store.get("pods", "shop", "leaving");
  expect(leaving?.metadata).toMatchObject({
    deletionTimestamp: "2026-01-01T00:00:30Z",
    deletionGracePeriodSeconds: 30,
    generation: 2,
  });
  store.delete("pods", "shop", "leaving");
  expect(store.get("pods", "shop", "leaving")).toBe(leaving);
  store.remove("pods", "shop", "leaving");
  expect(store.get("pods", "shop", "leaving")).toBeUndefined();
});

test.each([
  ["no kubelet has it", { spec: { containers: [{ name: "main", image: "user:1" }] } }, {}],
  ["its grace is 0", {}, { gracePeriodSeconds: 0 }],
])("a deleted pod is gone at once when %s", (_, more, options) => {
  const store = createStore();
  store.create("pods", aPod("gone", more));
  store.delete("pods", "shop", "gone", options);
  expect(store.list("pods")).toEqual([]);
});

test("a deletion with a wrong precondition deletes nothing", () => {
  const store = createStore();
  store.create("configmaps", aConfigMap("kept"));
  expect(codeOf(() => store.delete("configmaps", "shop", "kept", { uid: "another" }))).toBe(409);
  expect(codeOf(() => store.delete("configmaps", "shop", "kept", { resourceVersion: "1" }))).toBe(409);
  expect(store.list("configmaps")).toHaveLength(1);
});

test("a deleted namespace takes what is in it along, and nothing else", () => {
  const store = createStore();
  for (const name of ["shop", "bank"]) store.create("namespaces", { metadata: { name } });
  store.create("configmaps", aConfigMap("theirs"));
  store.create("configmaps", { metadata: { name: "ours", namespace: "bank" } });
  store.delete("namespaces", undefined, "shop");
  expect(store.list("configmaps").map(({ metadata }) => metadata.name)).toEqual(["ours"]);
});

test("all listeners hear of all writes in one order, also of those that a listener makes", () => {
  const store = createStore();
  const heard: string[] = [];
  const hear = (who: string) => (event: WatchEvent) => heard.push(`${who} ${event.type} ${event.object.metadata.name}`);
  store.watch("configmaps", (event) => {
    hear("first")(event);
    if (event.type === "ADDED" && event.object.metadata.name === "one") store.create("configmaps", aConfigMap("two"));
  });
  const stop = store.watch("configmaps", hear("second"));
  store.create("configmaps", aConfigMap("one"));
  expect(heard).toEqual(["first ADDED one", "second ADDED one", "first ADDED two", "second ADDED two"]);
  stop();
  store.remove("configmaps", "shop", "one");
  expect(heard.slice(4)).toEqual(["first DELETED one"]);
});

test("changes since a version are remembered up to a limit, and said to be expired before it", () => {
  const store = createStore({ rememberedEvents: 2 });
  const versions = ["a", "b", "c"].map((name) =>
    Number(store.create("configmaps", aConfigMap(name)).metadata.resourceVersion),
  );
  const [first = 0, second = 0, third = 0] = versions;
  const names = (since: number) => {
    const changes = store.since("configmaps", since);
    return changes === "expired" ? changes : changes.map(({ object }) => object.metadata.name);
  };
  expect([names(first - 1), names(first), names(second), names(third)]).toEqual(["expired", ["b", "c"], ["c"], []]);
  expect(names(third + 1)).toBe("expired");
});

test("a kind that the sandbox does not serve is refused by name", () => {
  const store = createStore();
  expect(() => store.list("secrets")).toThrow('the sandbox does not serve "secrets"');
});
