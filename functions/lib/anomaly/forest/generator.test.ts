import fc from "fast-check";
import { expect, test } from "vitest";
import { generatorOf, seedOf, xoshiro128 } from "./generator.ts";

test("xoshiro128** gives its authors' numbers", () => {
  const { next } = xoshiro128([1, 2, 3, 4]);
  expect(Array.from({ length: 10 }, next)).toEqual([
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ]);
});

test.each([
  ["", 0x811c9dc5],
  ["a", 0xe40c292c],
  ["foobar", 0xbf9cf968],
])("the seed of %j is its FNV-1a", (text, seed) => {
  expect(seedOf(text)).toBe(seed);
});

test("numbers below a bound are below it, whatever the seed", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 1, max: 2 ** 32 }), (seed, bound) => {
      const number = generatorOf(seed).below(bound);
      return Number.isInteger(number) && number >= 0 && number < bound;
    }),
  );
});

test("each number below a bound comes about as often as the others", () => {
  const { below } = generatorOf(3);
  const counts = new Uint32Array(5);
  for (let i = 0; i < 50_000; i += 1) {
    const number = below(5);
    counts[number] = (counts[number] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(400);
});
