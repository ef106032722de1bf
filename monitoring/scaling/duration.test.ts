import { expect, test } from "vitest";
import { parseDuration, scaleDuration } from "./duration.ts";

test.each([
  ["5m", 300_000],
  ["1h30m", 5_400_000],
  ["1d2h3m4s5ms", 93_784_005],
  ["1w", 604_800_000],
  ["1y", 31_536_000_000],
  ["0", 0],
  ["0s", 0],
])("%s is %i ms", (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(["", "5", "5 m", "m", "1.5m", "-5m", "5M"])("%j is no duration", (text) => {
  expect(() => parseDuration(text)).toThrow(`"${text}" is no Prometheus duration`);
});

test("a duration is divided to the millisecond and kept over its least", () => {
  expect(scaleDuration("5m", 20)).toBe("15s");
  expect(scaleDuration("30s", 20)).toBe("1500ms");
  expect(scaleDuration("5s", 20, 1000)).toBe("1s");
  expect(scaleDuration("0s", 20)).toBe("0s");
});
