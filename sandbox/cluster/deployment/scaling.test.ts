import { expect, test } from "vitest";
import { aDeployment } from "../fixture/cluster.ts";
import type { Deployment } from "../objects.ts";
import { limits, planPaused, planRecreate, planRollingUpdate, type SetSize } from "./scaling.ts";

// The store's metadata takes no part in the arithmetic.
const deployment = (replicas: number, strategy?: object) =>
  aDeployment({ replicas, spec: strategy ? { strategy } : {} }) as unknown as Deployment;
const rolling = (maxSurge: number | string, maxUnavailable: number | string) => ({
  type: "RollingUpdate",
  rollingUpdate: { maxSurge, maxUnavailable },
});
const set = (name: string, replicas: number, available = replicas): SetSize => ({
  name,
  isNew: name === "new",
  replicas,
  available,
  age: ["older", "old", "new"].indexOf(name),
});
const plan = (next: Map<string, number>) => Object.fromEntries(next);

test.each([
  ["percentages: surge rounds up, unavailable down", 2, rolling("25%", "25%"), { surge: 1, unavailable: 0 }],
  ["both zero leave one unavailable", 3, rolling(0, "10%"), { surge: 0, unavailable: 1 }],
  ["never more unavailable than there are", 2, rolling(0, 5), { surge: 0, unavailable: 2 }],
])("limits: %s", (_, replicas, strategy, expected) => {
  expect(limits(deployment(replicas, strategy))).toEqual(expected);
});

test.each([
  ["a first rollout comes up whole", 3, [set("new", 0)], { new: 3 }],
  ["the new set starts with the surge", 2, [set("old", 2), set("new", 0)], { new: 1 }],
  ["nothing goes while the new pod is not available", 2, [set("old", 2), set("new", 1, 0)], {}],
  ["an old pod goes for an available new one", 2, [set("old", 2), set("new", 1)], { old: 1 }],
  ["of the old pods the unhealthy go first", 2, [set("older", 1), set("old", 1, 0), set("new", 1)], { old: 0 }],
  ["nothing goes while old and new are all broken", 2, [set("old", 2, 0), set("new", 1, 0)], {}],
  ["a new size grows the new set first", 4, [set("old", 2), set("new", 1)], { new: 3 }],
  ["to zero takes the old pods once the new set is told", 0, [set("old", 1), set("new", 0)], { old: 0 }],
  ["a complete rollout stays", 2, [set("old", 0), set("new", 2)], {}],
])("rolling update: %s", (_, replicas, sets, expected) => {
  expect(plan(planRollingUpdate(deployment(replicas), sets))).toEqual(expected);
});

test.each([
  ["the only active set takes the new size", 5, [set("old", 0), set("new", 2)], { new: 5 }],
  ["a Deployment at zero grows its newest set", 2, [set("old", 0), set("new", 0)], { new: 2 }],
  ["a rollout under way stands still", 10, [set("old", 3), set("new", 3)], {}],
])("paused: %s", (_, replicas, sets, expected) => {
  expect(plan(planPaused(deployment(replicas), sets))).toEqual(expected);
});

test.each([
  ["old sets go first", false, [set("old", 2), set("new", 0)], { old: 0 }],
  ["new pods wait for the last old one", false, [set("old", 0), set("new", 0)], {}],
  ["then all come at once", true, [set("old", 0), set("new", 0)], { new: 2 }],
])("Recreate: %s", (_, oldPodsGone, sets, expected) => {
  expect(plan(planRecreate(deployment(2), sets, oldPodsGone))).toEqual(expected);
});
