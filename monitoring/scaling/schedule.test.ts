import { expect, test } from "vitest";
import { scaleSchedule } from "./schedule.ts";

test.each([
  ["*/5 * * * *", 10, "*/30 * * * * *"],
  ["*/5 * * * *", 5, "*/1 * * * *"],
  ["*/5 * * * *", 1, "*/5 * * * *"],
  ["*/10 * * * * *", 1, "*/10 * * * * *"],
  ["*/10 * * * * *", 5, "*/2 * * * * *"],
  ["*/10 * * * * *", 10, "*/2 * * * * *"],
])("%s at %i times the pace is %s", (cron, timeScale, scaled) => {
  expect(scaleSchedule(cron, timeScale)).toBe(scaled);
});

test.each(["0 3 * * *", "*/5 * * *", "* * * * *", "*/5 1 * * *"])("%s is not every so many seconds", (cron) => {
  expect(() => scaleSchedule(cron, 10)).toThrow(`"${cron}" is no schedule`);
});

test("what no schedule can say is refused", () => {
  expect(() => scaleSchedule("*/5 * * * *", 7)).toThrow("every 43 s");
});
