import { expect, test } from "vitest";
import { alignSamples, type Grid, type Samples } from "./index.ts";

type Pair = readonly [number, number | string | null];
const one = (samples: readonly Pair[]): Samples[] => [{ name: "CPU", kind: "ratio", samples }];
const { NaN: none, POSITIVE_INFINITY: infinity } = Number;

/** Samples each 60 s from second 0, as Prometheus writes them. */
const calm: readonly Pair[] = [0, 60, 120, 180, 240].map((at) => [at, String(at / 60)] as const);

test.each<[sentence: string, samples: Samples[], grid: Grid | undefined, values: number[][], notes: string[]]>([
  ["a range query's pairs", one(calm), undefined, [[0, 1, 2, 3, 4]], []],
  [
    "times a little off count for the nearest point",
    one(calm.map(([at, value]) => [at + 7, value])),
    gridOf(0, 5),
    [[0, 1, 2, 3, 4]],
    [],
  ],
  ["a wider grid has gaps on both sides", one(calm), gridOf(-60, 9), [[none, 0, 1, 2, 3, 4, 4, 4, none]], []],
  ["a gap of two is carried over", one(without(calm, 120, 180)), undefined, [[0, 1, 1, 1, 4]], []],
  ["of a gap of three the third is missing", one(without(calm, 60, 120, 180)), gridOf(0, 5), [[0, 0, 0, none, 4]], []],
  ["NaN is missing", one(replaced(calm, 120, "NaN")), undefined, [[0, 1, 1, 3, 4]], []],
  [
    "null and an empty text are missing, not 0",
    one([
      [0, 5],
      [60, null],
      [120, ""],
      [180, 6],
    ]),
    undefined,
    [[5, 5, 5, 6]],
    [],
  ],
  [
    "infinite values are missing, and told",
    one(replaced(replaced(calm, 60, "+Inf"), 180, -infinity)),
    undefined,
    [[0, 0, 2, 2, 4]],
    ["CPU: 2 values are infinite, and count as missing"],
  ],
  [
    "reversed time is sorted, and told",
    one(calm.toReversed()),
    undefined,
    [[0, 1, 2, 3, 4]],
    ["CPU: times went back; its samples were sorted"],
  ],
  [
    "of a time that comes twice the later sample counts",
    one([...calm.slice(0, 3), [120, "9"], ...calm.slice(3)]),
    undefined,
    [[0, 1, 9, 3, 4]],
    ["CPU: 1 times came twice; the later sample counts"],
  ],
  [
    "a sample without a time is left out",
    one([...calm, [none, "9"]]),
    undefined,
    [[0, 1, 2, 3, 4]],
    ["CPU: 1 samples have no time"],
  ],
  [
    "metrics of different steps are put on the larger",
    [
      ...one(calm),
      {
        name: "rate",
        kind: "rate",
        samples: [
          [0, 1],
          [120, 2],
          [240, 3],
        ],
      },
    ],
    undefined,
    [
      [0, 2, 4],
      [1, 2, 3],
    ],
    ["metrics have different steps; all are put on one of 120 s"],
  ],
  [
    "a metric without samples is missing throughout",
    [...one(calm), { name: "rate", kind: "rate", samples: [] }],
    undefined,
    [
      [0, 1, 2, 3, 4],
      [none, none, none, none, none],
    ],
    [],
  ],
])("%s", (_, samples, grid, values, notes) => {
  const aligned = alignSamples(samples, grid);
  if (!aligned.aligned) throw new Error(aligned.message);
  expect(aligned.metrics.map((metric) => [...metric.values])).toEqual(values);
  expect(aligned.notes).toEqual(notes);
});

test.each<[sentence: string, samples: Samples[], grid: Grid | undefined, why: string]>([
  ["no metric", [], undefined, "NoSamples"],
  ["no sample", one([]), undefined, "NoSamples"],
  ["one sample has no step", one([[0, 1]]), undefined, "StepUnclear"],
  [
    "all samples at one time",
    one([
      [5, 1],
      [5, 2],
    ]),
    undefined,
    "StepUnclear",
  ],
  ["a grid with no step", one(calm), { startSeconds: 0, stepSeconds: 0, points: 5 }, "StepUnclear"],
  [
    "one time far off the others",
    one([
      [0, 1],
      [1, 2],
      [2, 3],
      [1e9, 4],
    ]),
    undefined,
    "TooLarge",
  ],
])("%s is refused", (_, samples, grid, why) =>
  expect(alignSamples(samples, grid)).toMatchObject({ aligned: false, why }),
);

test("one sample on a grid that is given is taken in", () => {
  expect(alignSamples(one([[60, 1]]), gridOf(0, 3))).toMatchObject({ aligned: true });
});

function gridOf(startSeconds: number, points: number): Grid {
  return { startSeconds, stepSeconds: 60, points };
}

function without(samples: readonly Pair[], ...times: number[]): Pair[] {
  return samples.filter(([at]) => !times.includes(at));
}

function replaced(samples: readonly Pair[], time: number, by: number | string): Pair[] {
  return samples.map(([at, value]) => [at, at === time ? by : value]);
}
