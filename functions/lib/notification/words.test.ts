import { expect, test } from "vitest";
import { causeText, phrase, reasonText } from "./words.ts";

test("a word of a closed list as people say it", () => {
  expect(phrase("RolloutInProgress")).toBe("rollout in progress");
});

test.each([
  ["ModeObserve", "AutoHeal only observes here"],
  ["Cooldown", "it was healed just now"],
  ["ChangedMeanwhile", "changed meanwhile"],
  ["constructor", "constructor"],
])("held for %s", (reason, text) => {
  expect(reasonText(reason)).toBe(text);
});

test.each([
  ["Unknown", "no sure cause"],
  ["MemoryLeak", "memory leak"],
] as const)("cause %s", (cause, text) => {
  expect(causeText(cause)).toBe(text);
});
