import { describe, expect, test } from "vitest";
import { type Asked, nothingSaid, type Parsed, parseBody, parseQuery } from "./request.ts";

/** What is asked about this, with nothing else said but this. */
const asked = (of: Asked["of"], more: Partial<Asked> = {}): Parsed => ({
  ok: true,
  asked: { ...nothingSaid, of, ...more },
});
const web = { workload: { namespace: "shop", kind: "Deployment", name: "web" } } as const;
const workload = "shop/Deployment/web";
const aSample = { series: [{ name: "heap_bytes", samples: [[60, 1]] }] };
const samples = [{ name: "heap_bytes", kind: "bytes", samples: [[60, 1]] }] as const;

describe("ways in", () => {
  test.each<[sentence: string, body: object, parsed: Parsed]>([
    ["a workload", { workload }, asked(web)],
    [
      "a workload whose kind is written without capitals",
      { workload: "shop/statefulset/db" },
      asked({ workload: { namespace: "shop", kind: "StatefulSet", name: "db" } }),
    ],
    [
      "a workload whose name has dots",
      { workload: "shop/DaemonSet/log.v2" },
      asked({ workload: { namespace: "shop", kind: "DaemonSet", name: "log.v2" } }),
    ],
    ["series; the ending of a name tells the kind", aSample, asked({ samples })],
    [
      "series with a kind of their own, numbers as text, and nothing where nothing was",
      {
        series: [
          {
            name: "heap_bytes",
            kind: "count",
            samples: [
              [1.5, "1e+06"],
              [2, "NaN"],
              [3, "+Inf"],
              [4, null],
              [5, "-.5"],
            ],
          },
        ],
      },
      asked({
        samples: [
          {
            name: "heap_bytes",
            kind: "count",
            samples: [
              [1.5, "1e+06"],
              [2, "NaN"],
              [3, "+Inf"],
              [4, null],
              [5, "-.5"],
            ],
          },
        ],
      }),
    ],
    [
      "columns, from a start and a step apart",
      {
        columns: {
          start: "2026-01-01T00:00:00Z",
          step: "30s",
          metrics: [{ name: "p99_seconds", values: [0.1, null, "0.3"] }],
        },
      },
      asked({
        samples: [
          {
            name: "p99_seconds",
            kind: "seconds",
            samples: [
              [1_767_225_600, 0.1],
              [1_767_225_630, null],
              [1_767_225_660, "0.3"],
            ],
          },
        ],
      }),
    ],
    [
      "columns with no time: a minute apart, from 0",
      { columns: { metrics: [{ name: "a", values: [7, 8] }] } },
      asked({
        samples: [
          {
            name: "a",
            kind: "value",
            samples: [
              [0, 7],
              [60, 8],
            ],
          },
        ],
      }),
    ],
    [
      "rows, the question's step apart: a metric for each column",
      {
        rows: [
          [1, 2],
          [3, null],
        ],
        step: "5m",
      },
      asked(
        {
          samples: [
            {
              name: "column 1",
              kind: "value",
              samples: [
                [0, 1],
                [300, 3],
              ],
            },
            {
              name: "column 2",
              kind: "value",
              samples: [
                [0, 2],
                [300, null],
              ],
            },
          ],
        },
        { stepSeconds: 300 },
      ),
    ],
    [
      "Prometheus' answer as it is, warnings and all: names are its labels, and tell the kind",
      {
        status: "success",
        warnings: ["partial"],
        data: {
          resultType: "matrix",
          result: [
            { metric: { __name__: "http_requests_total", code: '5"x' }, values: [[1, "2"]] },
            { metric: { pod: "web-1" }, values: [[1, "3"]] },
            { metric: {}, values: [] },
          ],
        },
      },
      asked({
        samples: [
          { name: 'http_requests_total{code="5\\"x"}', kind: "rate", samples: [[1, "2"]] },
          { name: '{pod="web-1"}', kind: "value", samples: [[1, "3"]] },
          { name: "series 3", kind: "value", samples: [] },
        ],
      }),
    ],
    [
      "Prometheus' answer as a part, with options",
      {
        judged: 3,
        prometheus: {
          status: "success",
          data: { resultType: "matrix", result: [{ metric: { __name__: "heap_bytes" }, values: [[60, 1]] }] },
        },
      },
      asked({ samples }, { judged: { points: 3 } }),
    ],
  ])("%s", (_, body, parsed) => {
    expect(parseBody(body)).toEqual(parsed);
  });

  test.each([
    ["_bytes", "bytes"],
    ["_seconds", "seconds"],
    ["_ratio", "ratio"],
    ["_total", "rate"],
    ["_bytes_in", "value"],
    ["_total{a_bytes}", "rate"],
  ])("a name that ends with %s is of the kind %s", (ending, kind) => {
    const body = { columns: { metrics: [{ name: `a${ending}`, values: [1] }] } };
    expect(parseBody(body)).toMatchObject({ asked: { of: { samples: [{ kind }] } } });
  });

  test("labels that differ at the end of a long name only are two metrics, with names of 256 characters at most", () => {
    const series = (pod: string) => ({ metric: { a: "x".repeat(300), pod }, values: [[1, "2"]] });
    const data = { resultType: "matrix", result: [series("a"), series("b")] };
    const parsed = parseBody({ status: "success", data });
    const names = parsed.ok && "samples" in parsed.asked.of ? parsed.asked.of.samples.map(({ name }) => name) : [];
    expect(new Set(names).size).toBe(2);
    expect(Math.max(...names.map(({ length }) => length))).toBeLessThanOrEqual(256);
  });
});

test.each<[option: object, said: Partial<Asked>]>([
  [{ step: "1m30s" }, { stepSeconds: 90 }],
  [{ step: "500ms" }, { stepSeconds: 0.5 }],
  [{ baseline: "4d" }, { baselineSeconds: 345_600 }],
  [{ judged: "30m" }, { judged: { seconds: 1800 } }],
  [{ judged: 1 }, { judged: { points: 1 } }],
  [{ at: 1_700_000_000.5 }, { atSeconds: 1_700_000_000.5 }],
  [{ at: "2026-01-01T01:00:00+01:00" }, { atSeconds: 1_767_225_600 }],
  [{ seed: "" }, { seed: "" }],
  [{ seed: "ours" }, { seed: "ours" }],
  [{ budget: "7d" }, { budgetSeconds: 604_800 }],
  [{ engine: "ml-isolation-forest" }, { engine: "ml-isolation-forest" }],
  [{ points: true }, { points: true }],
  [{ points: false }, {}],
])("the option %j", (option, said) => {
  expect(parseBody({ workload, ...option })).toEqual(asked(web, said));
  expect(parseBody({ ...aSample, ...option })).toEqual(asked({ samples }, said));
});

test.each<[query: Record<string, string>, said: Partial<Asked>]>([
  [{}, {}],
  [
    { step: "1m", baseline: "2d", judged: "2h" },
    { stepSeconds: 60, baselineSeconds: 172_800, judged: { seconds: 7200 } },
  ],
  [{ judged: "15" }, { judged: { points: 15 } }],
  [{ at: "1700000000" }, { atSeconds: 1_700_000_000 }],
  [{ at: "2026-01-01T00:00:00Z" }, { atSeconds: 1_767_225_600 }],
  [
    { seed: "1", budget: "1d", engine: "own" },
    { seed: "1", budgetSeconds: 86_400, engine: "own" },
  ],
  [{ points: "true" }, { points: true }],
  [{ points: "" }, { points: true }],
  [{ points: "false" }, {}],
])("GET with %j", (query, said) => {
  expect(parseQuery({ workload, ...query })).toEqual(asked(web, said));
});

const exactlyOne = "body: expected exactly one of workload, series, columns, prometheus, rows";
const noWorkload = "workload: expected namespace/kind/name, the kind Deployment, StatefulSet or DaemonSet";
const noDuration = "expected a duration such as 30s, 5m or 4d";
const noValue = "expected a number, a number as text, or null";
const column = (name: unknown, values: unknown) => ({ columns: { metrics: [{ name, values }] } });
const matrix = (result: unknown) => ({ status: "success", data: { resultType: "matrix", result } });

describe("what can't be understood, and where", () => {
  test.each<[sentence: string, body: unknown, ...at: string[]]>([
    ["no body", undefined, "body: Invalid input: expected object, received undefined"],
    ["null", null, "body: Invalid input: expected object, received null"],
    ["a list", [], "body: Invalid input: expected object, received array"],
    ["a text where Prometheus has its data", { data: "x" }, 'body: Unrecognized key: "data"', exactlyOne],
    ["nothing to score", {}, exactlyOne],
    ["two sources", { workload, rows: [[1]] }, exactlyOne],
    ["an unknown field", { workload, steps: "1m" }, 'body: Unrecognized key: "steps"'],
    ["no duration", { workload, step: "1" }, `step: ${noDuration}`],
    ["no time at all", { workload, step: "0s" }, `step: ${noDuration}`],
    ["a negative duration", { workload, baseline: "-1d" }, `baseline: ${noDuration}`],
    ["a duration beyond all numbers", { workload, step: `${"9".repeat(60)}w` }, `step: ${noDuration}`],
    ["a text of many digits", { workload, step: "9".repeat(10_000_000) }, `step: ${noDuration}`],
    ["a number for a duration", { workload, budget: 7 }, "budget: Invalid input: expected string, received number"],
    ["no points judged", { workload, judged: 0 }, "judged: Too small: expected number to be >=1"],
    ["half a point", { workload, judged: 1.5 }, "judged: expected a duration, or a whole number of points from 1 on"],
    ["judged by a word", { workload, judged: "some" }, `judged: ${noDuration}`],
    ["yesterday", { workload, at: "yesterday" }, "at: Invalid ISO datetime"],
    [
      "beyond all numbers",
      { workload, at: Number.POSITIVE_INFINITY },
      "at: expected seconds since the epoch, or an RFC 3339 time",
    ],
    ["a seed of lists", { workload, seed: [1] }, "seed: Invalid input: expected string, received array"],
    [
      "an engine of one's own",
      { workload, engine: "gpt" },
      'engine: Invalid option: expected one of "own"|"ml-isolation-forest"',
    ],
    ["points as text", { workload, points: "true" }, "points: Invalid input: expected boolean, received string"],
    ["a list of workloads", { workload: [workload] }, "workload: Invalid input: expected string, received array"],
    ["a path up", { workload: "../deployment/web" }, noWorkload],
    ["a path on", { workload: "shop/Deployment/web/scale" }, noWorkload],
    ["a path in percents", { workload: "shop/Deployment/..%2fweb" }, noWorkload],
    ["dots alone", { workload: "shop/Deployment/.." }, noWorkload],
    ["another label", { workload: 'shop/Deployment/web",pod=~".*' }, noWorkload],
    ["any workload", { workload: "shop/Deployment/.*" }, noWorkload],
    ["a brace", { workload: "shop}/Deployment/web" }, noWorkload],
    ["two lines", { workload: "shop/Deployment/web\n" }, noWorkload],
    ["a replacement's own sign", { workload: "shop/Deployment/$pods" }, noWorkload],
    ["another kind", { workload: "shop/Pod/web-1" }, noWorkload],
    ["capitals", { workload: "Shop/Deployment/web" }, noWorkload],
    ["a name of 254 characters", { workload: `shop/Deployment/${"a".repeat(254)}` }, noWorkload],
    ["no metric", { columns: { metrics: [] } }, "columns.metrics: expected 1 to 200 items"],
    [
      "201 metrics",
      { columns: { metrics: Array(201).fill({ name: "a", values: [1] }) } },
      "columns.metrics: expected 1 to 200 items",
    ],
    ["201 series", { series: Array(201).fill({ name: "a", samples: [] }) }, "series: expected 1 to 200 items"],
    ["a million of no series", { series: Array(1_000_000).fill(0) }, "series: expected 1 to 200 items"],
    [
      "201 results",
      matrix(Array(201).fill({ metric: {}, values: [] })),
      "prometheus.data.result: expected 1 to 200 items",
    ],
    ["201 columns", { rows: [Array(201).fill(1)] }, "rows[0]: expected a list of 1 to 200 values"],
    [
      "more than a million values of one metric",
      column("a", Array(1_000_001).fill(1)),
      "columns.metrics[0].values: expected at most 1000000 items",
    ],
    [
      "more than a million values together",
      {
        columns: {
          metrics: [
            { name: "a", values: Array(600_000).fill(1) },
            { name: "b", values: Array(400_001).fill(1) },
          ],
        },
      },
      "1000001 values: expected at most 1000000 of all metrics together",
    ],
    [
      "more than a million values in rows",
      { rows: Array(10_001).fill(Array(100).fill(0)) },
      "1000100 values: expected at most 1000000 of all metrics together",
    ],
    [
      "a million mistakes: the first",
      column("a", Array(1_000_000).fill("x")),
      `columns.metrics[0].values[0]: ${noValue}`,
    ],
    ["ragged rows", { rows: [[1, 2], [3, 4], [5]] }, "rows[2]: expected 2 values, as the first row has"],
    ["an empty row", { rows: [[1], []] }, "rows[1]: expected a list of 1 to 200 values"],
    ["a row that is none", { rows: [1] }, "rows[0]: expected a list of 1 to 200 values"],
    ["a word in a row", { rows: [[1, "x"]] }, `rows[0][1]: ${noValue}`],
    [
      "twice the same name",
      { columns: { metrics: ["a", "b", "a"].map((name) => ({ name, values: [1] })) } },
      "metric a: expected one of this name",
    ],
    [
      "a name that is a list",
      column(["a"], [1]),
      "columns.metrics[0].name: Invalid input: expected string, received array",
    ],
    ["no name", column("", [1]), "columns.metrics[0].name: Too small: expected string to have >=1 characters"],
    ["values that are no list", column("a", "1,2"), "columns.metrics[0].values: expected a list"],
    ["no values", column("a", undefined), "columns.metrics[0].values: expected a list"],
    ["a value that is true", column("a", [1, true]), `columns.metrics[0].values[1]: ${noValue}`],
    ["a value that is a list", column("a", [[1]]), `columns.metrics[0].values[0]: ${noValue}`],
    ["a value beyond all numbers", column("a", [Number.POSITIVE_INFINITY]), `columns.metrics[0].values[0]: ${noValue}`],
    ["an empty text", column("a", [""]), `columns.metrics[0].values[0]: ${noValue}`],
    ["two exponents", column("a", ["1e5e5"]), `columns.metrics[0].values[0]: ${noValue}`],
    ["a hexadecimal", column("a", ["0x10"]), `columns.metrics[0].values[0]: ${noValue}`],
    [
      "a number of many digits",
      column("a", [`${"1".repeat(10_000_000)}x`]),
      `columns.metrics[0].values[0]: ${noValue}`,
    ],
    [
      "a sample without a value",
      { series: [{ name: "a", samples: [[1]] }] },
      "series[0].samples[0]: expected a pair of seconds since the epoch and a value",
    ],
    [
      "a sample with a time as text",
      {
        series: [
          {
            name: "a",
            samples: [
              [1, 1],
              ["2", 1],
            ],
          },
        ],
      },
      "series[0].samples[1]: expected a pair of seconds since the epoch and a value",
    ],
    ["a sample with a word", { series: [{ name: "a", samples: [[1, "x"]] }] }, `series[0].samples[0][1]: ${noValue}`],
    [
      "an instant vector",
      { status: "success", data: { resultType: "vector", result: [{ metric: {}, value: [1, "2"] }] } },
      'prometheus.data.resultType: Invalid input: expected "matrix"',
      "prometheus.data.result[0].values: expected a list",
    ],
    ["an answer without a series", matrix([]), "prometheus.data.result: expected 1 to 200 items"],
    [
      "labels that are no texts",
      matrix([{ metric: { a: 1 }, values: [] }]),
      "prometheus.data.result[0].metric: expected an object of texts",
    ],
  ])("%s", (_, body, ...at) => {
    expect(parseBody(body)).toEqual({ ok: false, at });
  });

  test.each<[sentence: string, query: Record<string, unknown>, at: string]>([
    ["no workload", {}, "workload: expected namespace/kind/name"],
    ["two workloads", { workload: [workload, workload] }, "workload: Invalid input: expected string, received array"],
    ["two steps", { workload, step: ["1m", "2m"] }, "step: Invalid input: expected string, received array"],
    ["points, perhaps", { workload, points: "perhaps" }, "points: Invalid input: expected boolean, received string"],
    ["rows", { workload, rows: "1" }, "rows: expected a list"],
    ["a field that is not there", { workload, from: "1" }, 'body: Unrecognized key: "from"'],
  ])("GET with %s", (_, query, at) => {
    expect(parseQuery(query)).toEqual({ ok: false, at: [at] });
  });

  test("a mistake is told in a few words, whatever was sent", () => {
    const body = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, 1]));
    const parsed = parseBody(body);
    expect(parsed.ok).toBe(false);
    expect(JSON.stringify(parsed).length).toBeLessThan(1000);
  });
});
