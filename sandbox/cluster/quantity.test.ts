import { expect, test } from "vitest";
import { quantity } from "./quantity.ts";

test.each([
  ["500m", 0.5],
  ["2", 2],
  [0.1, 0.1],
  ["128Mi", 128 * 2 ** 20],
  ["1G", 1e9],
  ["1e3", 1000],
  [undefined, undefined],
])("%s is %s", (text, number) => {
  expect(quantity(text)).toBe(number);
});

test.each(["lots", "1Qi", "", "-1"])('"%s" is refused by name', (text) => {
  expect(() => quantity(text)).toThrow(`"${text}" is no Kubernetes quantity`);
});
