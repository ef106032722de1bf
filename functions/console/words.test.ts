import { expect, test } from "vitest";
import { durationText } from "./words.ts";

test.each([
  [-5, "0 s"],
  [40, "0 s"],
  [1_250, "1.3 s"],
  [9_940, "9.9 s"],
  [42_400, "42 s"],
  [59_600, "1 min"],
  [192_000, "3 min 12 s"],
  [3_600_000, "1 h"],
  [7_500_000, "2 h 5 min"],
  [273_600_000, "3 d 4 h"],
])("%d ms is %s", (milliseconds, text) => {
  expect(durationText(milliseconds)).toBe(text);
});
