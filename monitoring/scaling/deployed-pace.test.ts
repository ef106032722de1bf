import { expect, test } from "vitest";
import { paceAnnotations, paceOf, readPace } from "./deployed-pace.ts";

test("a pace is told by annotations and read from them again", () => {
  const pace = readPace("10", "60s");
  expect(pace).toEqual({ timeScale: 10, shortestRangeMs: 60_000 });
  expect(paceOf({ ...paceAnnotations(pace), other: "1" })).toEqual(pace);
});

test.each([[{}], [undefined]])("what says nothing, %j, is at production's pace", (annotations) => {
  expect(paceOf(annotations)).toEqual({ timeScale: 1, shortestRangeMs: 1000 });
});

test.each(["0", "0.5", "31", "", "ten"])("a time scale of %j is refused", (timeScale) => {
  expect(() => readPace(timeScale)).toThrow(`"${timeScale}": expected a number from 1 to 30`);
});
