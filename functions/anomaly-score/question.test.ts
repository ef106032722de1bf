import { forestEngines, type Samples } from "@autoheal/lib/anomaly";
import { describe, expect, test } from "vitest";
import type { Defaults } from "./config.ts";
import { gridOf, questionOf } from "./question.ts";
import { type Asked, nothingSaid } from "./request.ts";

const defaults: Defaults = {
  stepSeconds: 120,
  baselineSeconds: 7200,
  judgedSeconds: 1800,
  budget: { falseAlarms: 1, perSeconds: 604_800 },
  engine: "own",
};
const asking = (more: Partial<Asked> = {}): Asked => ({ ...nothingSaid, of: { samples: [] }, ...more });
const seconds = 1_767_225_600;
/** 59 s after a multiple of the step. */
const now = new Date((seconds + 59) * 1000);
const longAgo = 0;

describe("the range that is asked of Prometheus", () => {
  test.each<[sentence: string, said: Partial<Asked>, since: number, from: number, step: number, to: number]>([
    ["baseline and judged, up to now", {}, longAgo, seconds - 74 * 120, 120, seconds],
    ["from the revision that runs now", {}, seconds - 3000, seconds - 3000, 120, seconds],
    ["from the first point after the revision's begin", {}, seconds - 3001, seconds - 3000, 120, seconds],
    ["a revision that begins now: its one point", {}, seconds + 30, seconds, 120, seconds],
    ["up to what was said", { atSeconds: seconds - 1 }, longAgo, seconds - 75 * 120, 120, seconds - 120],
    ["a step of one's own, on multiples of it", { stepSeconds: 700 }, longAgo, seconds - 13 * 700, 700, seconds],
    ["a baseline of one's own", { baselineSeconds: 600 }, longAgo, seconds - 19 * 120, 120, seconds],
    [
      "judged seconds: so many points that they are in",
      { judged: { seconds: 121 } },
      longAgo,
      seconds - 61 * 120,
      120,
      seconds,
    ],
    ["judged points", { judged: { points: 1 } }, longAgo, seconds - 60 * 120, 120, seconds],
  ])("%s", (_, said, since, from, step, to) => {
    const grid = gridOf(asking(said), defaults, since, now);
    expect(grid).toEqual({ startSeconds: from, stepSeconds: step, points: (to - from) / step + 1 });
  });

  test("asked again within the step: the same points", () => {
    const grids = [0, 1, 119].map((later) => gridOf(asking(), defaults, longAgo, new Date((seconds + later) * 1000)));
    expect(new Set(grids.map((grid) => JSON.stringify(grid))).size).toBe(1);
  });

  test.each<[sentence: string, said: Partial<Asked>, points: number | string]>([
    ["10,000 points", { judged: { points: 9_940 } }, 10_000],
    ["one more judged: less of the usual baseline", { judged: { points: 9_941 } }, 10_000],
    [
      "one more, with a baseline of one's own",
      { judged: { points: 9_941 }, baselineSeconds: 7200 },
      "step, baseline and judged make 10001 points: expected at most 10000",
    ],
    [
      "a finer step alone: as much of the usual baseline as there is room for",
      { stepSeconds: 0.5, judged: { points: 10 } },
      10_000,
    ],
    [
      "a step of a millisecond",
      { stepSeconds: 0.001 },
      "step, baseline and judged make 1800001 points: expected at most 10000",
    ],
  ])("%s", (_, said, points) => {
    const grid = gridOf(asking(said), defaults, longAgo, now);
    expect("why" in grid ? grid.why : grid.points).toBe(points);
  });
});

/** A metric of so many points, so far apart, each with its index as value. */
const metric = (name: string, points: number, step: number, start = 0): Samples => ({
  name,
  kind: "value",
  samples: Array.from({ length: points }, (_, i) => [start + i * step, i] as const),
});
const hundred = metric("a", 100, 60);
const around = { seed: "ours", defaults, engine: forestEngines.own };
const asked = (samples: readonly Samples[], more: Partial<Asked> = {}, grid?: object) => {
  const prepared = questionOf(asking(more), samples, { ...around, ...grid });
  if ("why" in prepared) return prepared;
  const { question, notes } = prepared;
  const { startSeconds, stepSeconds, judgedFrom, metrics } = question;
  return { startSeconds, stepSeconds, judgedFrom, points: metrics[0]?.values.length, notes };
};

describe("of what came along", () => {
  test.each<[sentence: string, samples: Samples[], said: Partial<Asked>, question: object]>([
    [
      "its own step; the last tenth is judged",
      [hundred],
      {},
      { startSeconds: 0, stepSeconds: 60, judgedFrom: 90, points: 100, notes: [] },
    ],
    [
      "of few points one",
      [metric("a", 4, 60)],
      {},
      { startSeconds: 0, stepSeconds: 60, judgedFrom: 3, points: 4, notes: [] },
    ],
    [
      "judged points",
      [hundred],
      { judged: { points: 3 } },
      { startSeconds: 0, stepSeconds: 60, judgedFrom: 97, points: 100, notes: [] },
    ],
    [
      "judged seconds",
      [hundred],
      { judged: { seconds: 600 } },
      { startSeconds: 0, stepSeconds: 60, judgedFrom: 90, points: 100, notes: [] },
    ],
    [
      "more judged than there is: all of it",
      [hundred],
      { judged: { points: 1000 } },
      { startSeconds: 0, stepSeconds: 60, judgedFrom: 0, points: 100, notes: [] },
    ],
    [
      "the asker's step",
      [hundred],
      { stepSeconds: 120 },
      { startSeconds: 0, stepSeconds: 120, judgedFrom: 45, points: 50, notes: [] },
    ],
    [
      "a baseline: what is before it is left out",
      [hundred],
      { baselineSeconds: 1200, judged: { points: 5 } },
      { startSeconds: 4500, stepSeconds: 60, judgedFrom: 20, points: 25, notes: [] },
    ],
    [
      "a baseline longer than what there is",
      [hundred],
      { baselineSeconds: 86_400 },
      { startSeconds: 0, stepSeconds: 60, judgedFrom: 90, points: 100, notes: [] },
    ],
    [
      "an end: what is after it is left out",
      [hundred],
      { atSeconds: 59 * 60 + 1 },
      { startSeconds: 0, stepSeconds: 60, judgedFrom: 54, points: 60, notes: [] },
    ],
    [
      "a later end: nothing is known of its points",
      [hundred],
      { atSeconds: 119 * 60, judged: { points: 20 } },
      { startSeconds: 0, stepSeconds: 60, judgedFrom: 100, points: 120, notes: [] },
    ],
    [
      "step, end and baseline together",
      [hundred],
      { stepSeconds: 120, atSeconds: 4800, baselineSeconds: 1200, judged: { seconds: 240 } },
      { startSeconds: 3480, stepSeconds: 120, judgedFrom: 10, points: 12, notes: [] },
    ],
    [
      "mixed steps: the largest, from the first of all to the last",
      [metric("a", 100, 60), metric("b", 20, 300, 600)],
      {},
      {
        startSeconds: 0,
        stepSeconds: 300,
        judgedFrom: 20,
        points: 22,
        notes: ["metrics have different steps; all are put on one of 300 s"],
      },
    ],
  ])("%s", (_, samples, said, question) => {
    expect(asked(samples, said)).toEqual(question);
  });

  test.each<[sentence: string, samples: Samples[], said: Partial<Asked>, why: string]>([
    ["no metric", [], {}, "no metric has a sample"],
    ["no sample", [metric("a", 0, 60)], { stepSeconds: 60 }, "no metric has a sample"],
    ["one sample", [metric("a", 1, 60)], {}, "a step needs two different times, or a grid with a step above 0"],
    ["an end before all of it", [metric("a", 9, 60, 60)], { atSeconds: 59 }, "at: every sample is later"],
    [
      "an end in a million years",
      [hundred],
      { atSeconds: 3e13 },
      "500000000001 points of 1 metrics: expected at most 1000000 of all together",
    ],
    [
      "a tiny step",
      [hundred],
      { stepSeconds: 0.0001 },
      "59400001 points of 1 metrics; at most 6000000 values are taken in: ask for a shorter range or a larger step",
    ],
  ])("no question: %s", (_, samples, said, why) => {
    expect(asked(samples, said)).toEqual({ why });
  });

  test("what is odd about the samples is noted once", () => {
    const samples: Samples[] = [
      {
        name: "a",
        kind: "value",
        samples: [
          [120, 1],
          [60, "+Inf"],
          [60, 2],
          [0, 3],
          [180, 4],
        ],
      },
    ];
    const notes = [
      "a: times went back; its samples were sorted",
      "a: 1 times came twice; the later sample counts",
      "a: 1 values are infinite, and count as missing",
    ];
    expect(asked(samples, { baselineSeconds: 60 })).toMatchObject({ notes });
  });
});

describe("what would be too much", () => {
  /** Two samples so far apart. */
  const apart = (seconds: number): Samples[] => [
    {
      name: "a",
      kind: "value",
      samples: [
        [0, 1],
        [seconds, 2],
      ],
    },
  ];
  const around = { seed: "", defaults, engine: forestEngines.own };

  test.each<[sentence: string, said: Partial<Asked>, seconds: number, why: string | undefined]>([
    ["a million points", { stepSeconds: 1 }, 999_999, undefined],
    [
      "one more, of two samples",
      { stepSeconds: 1 },
      1_000_000,
      "1000001 points of 1 metrics: expected at most 1000000 of all together",
    ],
    [
      "a hundred thousand points answered",
      { stepSeconds: 1, points: true, judged: { points: 100_000 } },
      200_000,
      undefined,
    ],
    [
      "one more",
      { stepSeconds: 1, points: true, judged: { points: 100_001 } },
      200_000,
      "points: 100001 are judged, and at most 100000 are answered one by one",
    ],
    ["more that nobody wants answered", { stepSeconds: 1, judged: { points: 100_001 } }, 200_000, undefined],
  ])("%s", (_, said, seconds, why) => {
    const prepared = questionOf(asking(said), apart(seconds), around);
    expect("why" in prepared ? prepared.why : undefined).toBe(why);
  });
});

describe("of a workload", () => {
  const grid = { startSeconds: 600, stepSeconds: 120, points: 20 };

  test("the grid that was asked for, with the judged part at its end and its cuts", () => {
    const cuts = [{ fromSeconds: 0, toSeconds: 700 }];
    const prepared = questionOf(asking({ atSeconds: 2880, baselineSeconds: 60 }), [hundred], { ...around, grid, cuts });
    expect(prepared).toMatchObject({ question: { startSeconds: 600, stepSeconds: 120, judgedFrom: 5, cuts } });
  });

  test("metrics without a sample are metrics: the judge leaves them out", () => {
    expect(asked([hundred, metric("b", 0, 60)], {}, { grid })).toMatchObject({ points: 20, judgedFrom: 5 });
  });
});

test.each<[sentence: string, said: Partial<Asked>, seed: string, perSeconds: number]>([
  ["nothing said: the workload's seed, the usual budget", {}, "ours", 604_800],
  ["a seed", { seed: "mine" }, "mine", 604_800],
  ["an empty seed is one", { seed: "" }, "", 604_800],
  ["a budget: one false alarm in it", { budgetSeconds: 86_400 }, "ours", 86_400],
])("%s", (_, said, seed, perSeconds) => {
  const budget = { falseAlarms: 1, perSeconds };
  expect(questionOf(asking(said), [hundred], around)).toMatchObject({ question: { seed, budget, cuts: [] } });
});
