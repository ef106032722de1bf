import { expect, test } from "vitest";
import { quietDays, recallWithin, seen } from "./alarms.ts";
import { nabScore, probation } from "./nab.ts";
import { averagePrecision } from "./precision.ts";
import { eventsOf, volumeUnderPrecisionRecall } from "./volume.ts";

/** Labels and scores as the golden values were made with: a linear congruential generator, lifted within events. */
function labelled(length: number, events: readonly [number, number][], seed: number, lift: number) {
  let state = seed;
  const scores = Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
  const labels = new Uint8Array(length);
  for (const [first, last] of events) {
    labels.fill(1, first, last + 1);
    for (let i = first; i <= last; i++) scores[i] = (scores[i] ?? 0) + lift;
  }
  return { scores, labels };
}

// What RangeAUC_volume_opt(labels, scores, window, 250) of the authors' package `vus` 0.0.6 (PyPI) makes of the same numbers.
test.each<[length: number, events: [number, number][], window: number, seed: number, lift: number, volume: number]>([
  [
    600,
    [
      [100, 120],
      [300, 301],
      [450, 499],
    ],
    20,
    1,
    0.3,
    0.6060649718519366,
  ],
  [
    600,
    [
      [0, 10],
      [30, 40],
      [590, 599],
    ],
    50,
    2,
    0.5,
    0.7530331699632969,
  ],
  [1000, [[500, 520]], 100, 3, 0, 0.06817314156458595],
  [
    1000,
    [
      [500, 520],
      [530, 540],
    ],
    10,
    4,
    1,
    0.997159090909091,
  ],
])(
  "VUS-PR of %i points with events at %j and slopes of %i is the reference's",
  (length, events, window, seed, lift, volume) => {
    const { scores, labels } = labelled(length, events, seed, lift);
    expect(volumeUnderPrecisionRecall(scores, labels, window)).toBeCloseTo(volume, 12);
    expect(eventsOf(labels)).toEqual(events);
  },
);

test("VUS-PR without an event is no number", () => {
  expect(volumeUnderPrecisionRecall(new Float64Array(9), new Uint8Array(9), 3)).toBeNaN();
});

test.each<[sentence: string, scores: number[], labels: number[], precision: number]>([
  // scikit-learn's documentation of average_precision_score.
  ["its example", [0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.8333333333333333],
  ["the best order", [1, 2, 3, 4], [0, 0, 1, 1], 1],
  ["all equal, the share of what is labelled", [1, 1, 1, 1], [0, 0, 0, 1], 0.25],
  ["what is no number is last", [Number.NaN, 2], [0, 1], 1],
])("average precision: %s", (_, scores, labels, precision) => {
  expect(averagePrecision(Float64Array.from(scores), Uint8Array.from(labels))).toBeCloseTo(precision, 12);
});

/** Ten-minute steps; `-` quiet, `=` an event; below it `x` beyond the threshold. */
test.each<[sentence: string, labels: string, beyond: string, falseAlarms: number, recall: number]>([
  ["a point in the event", "---===------", "....x.......", 0, 1],
  ["none", "---===------", "............", 0, 0],
  ["a point far from the event is a false alarm", "---===------", "............".replace(/.$/, "x"), 1, 0],
  ["an hour of them is one", "===---------", "......xxxxxx", 1, 0],
  ["more than an hour is two", "==----------", ".....xxxxxxx", 2, 0],
  ["what goes on after the event belongs to it for an hour", "===---------", "..xxxx......", 0, 1],
  ["and not for longer", "=-----------", "xxxxxxxx....", 1, 1],
  ["what begins in the hour before the event belongs to it", "-----===----", "..x..x......", 0, 1],
  ["always on is every hour", "------------", "xxxxxxxxxxxx", 2, Number.NaN],
])("alarms: %s", (_, labels, beyond, falseAlarms, recall) => {
  const found = seen(
    (i) => beyond[i] === "x",
    Uint8Array.from(labels, (label) => (label === "=" ? 1 : 0)),
    600,
  );
  expect(found).toEqual({ falseAlarms, recall });
});

test("the oracle takes the threshold that sees the most events within the allowed false alarms", () => {
  // Twelve hours by the hour, an event at 3 and at 9; one false alarm at 6 that is higher than the second event.
  const labels = Uint8Array.from("---=-----=--", (label) => (label === "=" ? 1 : 0));
  const scores = Float64Array.of(0, 0, 0, 9, 0, 0, 5, 0, 0, 4, 0, 0);
  expect(quietDays(labels, 3600)).toBeCloseTo(10 / 24);
  expect(recallWithin(scores, labels, 3600, 1)).toBe(0.5);
  expect(recallWithin(scores, labels, 3600, 3)).toBe(1);
});

/** A hundred points; scores of 1 at some of them. */
function detector(...at: number[]): Float64Array {
  const scores = new Float64Array(100);
  for (const index of at) scores[index] = 1;
  return scores;
}

test.each<[sentence: string, scores: Float64Array, score: number]>([
  ["the first point of each window is perfect", detector(30, 75), 100],
  ["nothing is the null detector", detector(), 0],
  ["one window of two is half", detector(30), 50],
  // Relative positions of nab/sweeper.py: 5 of 10 points left, scaledSigmoid(-.5) = .84828 of scaledSigmoid(-1) = .98661.
  ["the middle of one window", detector(35), (100 * (1 + 0.84828 / 0.98661)) / 4],
  ["what is before probation ends does not count", detector(3, 30, 75), 100],
])("NAB: %s", (_, scores, score) => {
  const windows = [
    [30, 39],
    [75, 95],
  ] as const;
  expect(nabScore([{ scores, windows }]).score).toBeCloseTo(score, 2);
});

test("NAB's own example: a hit, a second in the same window, a miss, and one false alarm behind make -.9540", () => {
  // tests/integration/scorer_test.py, testScoringAllMetrics, all weights 1; -.9540 is its raw score, before it is normalised.
  const scores = detector(30, 31, 37);
  const equal = { truePositive: 1, falsePositive: 1, falseNegative: 1 };
  const windows = [
    [30, 34],
    [60, 64],
  ] as const;
  // From -2, which is nothing, to 2, which is perfect.
  expect(nabScore([{ scores, windows }], equal).score).toBeCloseTo((100 * (-0.954 + 2)) / 4, 2);
});

test.each([
  [100, 15],
  [4032, 604],
  [6000, 750],
])("NAB's probation of %i points is %i", (points, length) => expect(probation(points)).toBe(length));
