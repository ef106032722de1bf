import fc from "fast-check";
import { expect, test } from "vitest";
import { componentsOf } from "./components.ts";
import { calibrate } from "./evidence.ts";
import { benjaminiHochberg } from "./index.ts";
import { surpriseAmong } from "./tail.ts";
import { noise } from "./testing.ts";
import { alarmsOf, thresholdFor } from "./threshold.ts";

const { NaN: none } = Number;

/** Exponential numbers: their surprise is known. */
function exponential(count: number, seed: number): Float64Array {
  const chance = noise(seed);
  return Float64Array.from({ length: count }, () => -Math.log((chance() + 1) / 2 + 2 ** -40));
}

test("p of what was never seen follows the tail: e^-12 of exponential numbers, from 5000 of them", () => {
  const surprise = surpriseAmong(exponential(5000, 1));
  expect(surprise(12)).toBeCloseTo(12 / Math.LN10, 0);
  expect(surprise(Math.LN10)).toBeCloseTo(1, 1);
});

test("p is honest: of points like the reference about a share of p has a p so low", () => {
  const [reference, fresh] = [exponential(5000, 2), exponential(5000, 3)];
  const surprises = fresh.map(surpriseAmong(reference));
  for (const level of [1, 2]) {
    const share = surprises.filter((surprise) => surprise >= level).length / surprises.length;
    expect(share * 10 ** level).toBeGreaterThan(0.6);
    expect(share * 10 ** level).toBeLessThan(1.5);
  }
});

test("a higher value is never less surprising", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 })),
      fc.double({ noNaN: true }),
      fc.double({ noNaN: true }),
      (reference, a, b) => {
        const surprise = surpriseAmong(Float64Array.from(reference));
        return surprise(Math.max(a, b)) >= surprise(Math.min(a, b));
      },
    ),
  );
});

test("a channel that is not known leaves the others alone; where none is known, nothing is", () => {
  const channel = exponential(300, 4);
  const alone = calibrate([channel], 60)([channel]);
  const unknown = new Float64Array(300).fill(none);
  expect(calibrate([channel, unknown], 60)([channel, unknown])).toEqual(alone);
  expect([...calibrate([unknown], 60)([unknown])]).toEqual([...unknown]);
});

test.each<[sentence: string, beyond: string, alarms: [from: number, last: number][]]>([
  ["one point is no alarm", "...x......", []],
  ["two in a row are", "...xx.....", [[4, 4]]],
  ["two of three are", "...x.x....", [[5, 5]]],
  ["two of four are not", "...x..x...", []],
  ["more within the hour belong to it", "xx...xx...", [[1, 6]]],
  ["one alone within the hour does not", "xx....x...", [[1, 1]]],
  [
    "later than an hour it is another",
    "xx.......xx",
    [
      [1, 1],
      [10, 10],
    ],
  ],
])("%s", (_, beyond, alarms) => {
  const surprises = Float64Array.from(beyond, (point) => (point === "x" ? 5 : 1));
  // Ten-minute steps: an hour is six points.
  expect(alarmsOf(surprises, 5, 600).map(({ from, last }) => [from, last])).toEqual(alarms);
});

test("a threshold keeps within its budget on points like the reference, and a tenth of it is met by the tail", () => {
  const minutes = 20 * 1440;
  const smooth = (seed: number) => {
    const values = exponential(minutes, seed);
    return values.map((value, i) => ((value + (values[i - 1] ?? value) + (values[i - 2] ?? value)) / 3) * 2);
  };
  const surprise = surpriseAmong(smooth(5));
  const [reference, fresh] = [smooth(5).map(surprise), smooth(6).map(surprise)];
  const alarmsADay = (falseAlarms: number) =>
    alarmsOf(fresh, thresholdFor({ falseAlarms, perSeconds: 86_400 }, reference, 60), 60).length / 20;
  expect(alarmsADay(1)).toBeGreaterThan(0.3);
  expect(alarmsADay(1)).toBeLessThan(1.5);
  expect(alarmsADay(0.1)).toBeLessThan(0.3);
});

test("components take away what goes together, and leave what does not", () => {
  const chance = noise(7);
  const rows = new Float64Array(600);
  for (let i = 0; i < 200; i++) {
    const common = chance();
    rows.set([common, 2 * common, 0.05 * chance()], 3 * i);
  }
  const { takeAway } = componentsOf(rows, 3);
  const [together, apart] = [Float64Array.of(0.5, 1, 0), Float64Array.of(0.5, -1, 0)];
  takeAway(together);
  takeAway(apart);
  expect(Math.hypot(...together)).toBeLessThan(0.05);
  expect(Math.hypot(...apart)).toBeGreaterThan(0.8);
});

test.each<[sentence: string, ps: number[], believed: boolean[]]>([
  // The example of Benjamini and Hochberg (1995), section 3.2: at .05 the four smallest of fifteen.
  [
    "the paper's fifteen",
    [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1],
    [true, true, true, true, ...new Array(11).fill(false)],
  ],
  ["none", [], []],
  ["one below", [0.04], [true]],
  ["one above", [0.06], [false]],
  ["what is no number is never believed, and does not count", [none, 0.04, none], [false, true, false]],
  ["many that are all low enough", [0.05, 0.05, 0.05], [true, true, true]],
])("false discovery rate: %s", (_, ps, believed) => expect(benjaminiHochberg(ps, 0.05)).toEqual(believed));
