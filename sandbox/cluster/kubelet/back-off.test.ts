import { expect, test } from "vitest";
import { BackOff } from "./back-off.ts";

const seconds = (count: number) => count * 1000;

test("the first restart is at once, then it waits 10 s doubling to 5 min", () => {
  const backOff = new BackOff(seconds);
  let now = seconds(1000);
  const waits = Array.from({ length: 8 }, () => {
    const wait = backOff.next(now);
    now += seconds(wait + 1);
    return wait;
  });
  expect(waits).toEqual([0, 10, 20, 40, 80, 160, 300, 300]);
});

test("ten good minutes are forgiven, one second less is not", () => {
  const backOff = new BackOff(seconds);
  backOff.next(seconds(1000));
  backOff.next(seconds(1001)); // starts again at 1011
  expect(backOff.next(seconds(1011 + 600))).toBe(20);
  expect(backOff.next(seconds(1631 + 601))).toBe(0);
});
