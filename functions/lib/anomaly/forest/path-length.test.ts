import { expect, test } from "vitest";
import { averagePathLength, scoreOf } from "./path-length.ts";

/** H(i) as a fraction of whole numbers, so without any rounding. */
function harmonic(i: number): readonly [over: bigint, under: bigint] {
  let [over, under] = [0n, 1n];
  for (let k = 1n; k <= i; k += 1n) [over, under] = [over * k + under, under * k];
  return [over, under];
}

test("c(n) is 2 H(n - 1) - 2 (n - 1) / n, by exact fractions", () => {
  for (let n = 1; n <= 256; n += 1) {
    const [over, under] = harmonic(n - 1);
    const scale = 10n ** 20n;
    const exact = (2n * over * scale) / under - (2n * BigInt(n - 1) * scale) / BigInt(n);
    expect(averagePathLength(n)).toBeCloseTo(Number(exact) / 1e20, 12);
  }
});

test.each([
  [1, 0],
  [2, 1],
  [3, 5 / 3],
  [4, 13 / 6],
])("c(%s) is %s", (n, expected) => {
  expect(averagePathLength(n)).toBeCloseTo(expected, 14);
});

test("it is what the paper estimates, for the sample that the paper takes", () => {
  const estimate = 2 * (Math.log(255) + 0.5772156649) - (2 * 255) / 256;
  expect(Math.abs(averagePathLength(256) - estimate)).toBeLessThan(0.004);
});

test.each<[sentence: string, mean: number, n: number, score: number]>([
  ["isolated at once", 0, 256, 1],
  ["isolated as late as is usual", averagePathLength(256), 256, 0.5],
  ["isolated twice as late", 2 * averagePathLength(256), 256, 0.25],
  ["grown from one row: nothing can be told", 0, 1, 0.5],
])("the score: %s", (_, mean, n, score) => {
  expect(scoreOf(mean, n)).toBe(score);
});
