import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { metricQueries } from "@autoheal/lib/anomaly";
import { type FunctionProcess, startFunction } from "@autoheal/lib/process";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { chance, matrix, type Surroundings, surround } from "./testing.ts";

const token = "first-token-of-two";
const web = "shop/Deployment/web";
const at = Math.floor(Date.now() / 120_000) * 120;

/** An answer as whoever asked gets it. */
interface Answered {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: checked against the OpenAPI document, asserted by the tests.
  body: any;
}

let around: Surroundings;
let score: FunctionProcess;
let valid: (schema: "Answer" | "Problem" | "Question", value: unknown) => void;

beforeAll(async () => {
  around = await surround();
  score = await start();
  valid = await validator();
});
beforeEach(() => {
  around.odd.clear();
  around.held.clear();
  Object.assign(around, { prometheus: undefined, queries: [], raised: [], refuses: false, taken: [] });
});
afterAll(async () => {
  await score?.end();
  await around?.close();
});

const start = (more: Record<string, string> = {}) =>
  startFunction("anomaly-score", {
    ...around.environment,
    AUTOHEAL_ANOMALY_TOKENS: `${token},second-token`,
    AUTOHEAL_ANOMALY_REQUESTS_PER_MINUTE: "10000",
    AUTOHEAL_ANOMALY_FALSE_ALARM_EVERY: "365d",
    ...more,
  });

/** What holds values against the OpenAPI document that the function serves. */
async function validator(): Promise<typeof valid> {
  const document = (await (await fetch(`${score.url}/openapi.json`)).json()) as { openapi: string }; // reason: asserted next
  expect(document.openapi).toBe("3.1.0");
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(document, "openapi");
  return (name, value) => {
    const check = ajv.getSchema(`openapi#/components/schemas/${name}`);
    expect([check?.(value), check?.errors]).toEqual([true, null]);
  };
}

async function request(path: string, init: RequestInit = {}, to = score): Promise<Answered> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", ...init.headers };
  const answer = await fetch(to.url + path, { ...init, headers });
  const text = await answer.text();
  const body = JSON.parse(text);
  valid(answer.status === 200 ? "Answer" : "Problem", body);
  return { status: answer.status, headers: answer.headers, text, body };
}
const get = (query: Record<string, string>, to = score) => request(`/score?${new URLSearchParams(query)}`, {}, to);
const post = (body: unknown, to = score, headers: Record<string, string> = {}) =>
  request("/score", { method: "POST", body: JSON.stringify(body), headers }, to);
const postText = (body: RequestInit["body"], headers: Record<string, string> = {}) =>
  request("/score", { method: "POST", body: body ?? null, headers });

async function event(type: string, data: unknown, path = "/", to = score): Promise<number> {
  const headers = {
    "ce-id": "1",
    "ce-specversion": "1.0",
    "ce-source": "/test",
    "ce-type": type,
    "content-type": "application/json",
  };
  const answer = await fetch(to.url + path, { method: "POST", headers, body: JSON.stringify(data) });
  await answer.arrayBuffer();
  return answer.status;
}
const tick = (to = score) => event("dev.knative.sources.ping", {}, "/tick", to);

/** So many values of a calm metric; the last ten of an odd one are not. */
const calm = (points: number, of = 0, odd = 1) =>
  Array.from({ length: points }, (_, i) => 100 * (1 + 0.1 * (chance(i, of) - 0.5)) * (i < points - 10 ? 1 : odd));
const column = (values: readonly unknown[], more: object = {}) => ({
  columns: { step: "1m", metrics: [{ name: "heap_bytes", values }] },
  ...more,
});

describe("who gets in", () => {
  test.each([
    ["a token", `Bearer ${token}`, 200],
    ["another one, in other letters", "bearer second-token", 200],
    ["the beginning of one", "Bearer first", 401],
    ["no word", "Bearer ", 401],
    ["another scheme", `Basic ${token}`, 401],
    ["nothing", "", 401],
  ])("%s", async (_, authorization, status) => {
    for (const answer of [
      await post(column(calm(100)), score, { authorization }),
      await request(`/score?workload=${web}`, { headers: { authorization } }),
    ]) {
      expect(answer.status).toBe(status);
      if (status === 401) {
        expect(answer.headers.get("www-authenticate")).toBe("Bearer");
        expect(answer.body).toEqual({ error: "a bearer token is needed" });
      }
    }
    if (status === 401) expect(around.queries).toEqual([]);
  });

  test("nobody at all when no token is set", async () => {
    const shut = await start({ AUTOHEAL_ANOMALY_TOKENS: "" });
    try {
      expect((await get({ workload: web }, shut)).status).toBe(401);
      expect(shut.log.join("\n")).toContain("no token is set: nobody gets in");
    } finally {
      expect(await shut.end()).toBe(0);
    }
  });

  test("each caller so often a minute, however the token is written", async () => {
    const strict = await start({ AUTOHEAL_ANOMALY_REQUESTS_PER_MINUTE: "2" });
    try {
      const by = (authorization: string) => post(column(calm(100)), strict, { authorization });
      expect((await by(`Bearer ${token}`)).status).toBe(200);
      expect((await by(`bearer  ${token}`)).status).toBe(200);
      const third = await by(`BEARER ${token}`);
      expect([third.status, third.body]).toEqual([429, { error: "too many requests" }]);
      expect(Number(third.headers.get("retry-after"))).toBeGreaterThan(0);
      expect((await by("Bearer second-token")).status).toBe(200);
      expect((await by("Bearer wrong")).status).toBe(401);
      expect(await tick(strict)).toBe(204);
    } finally {
      await strict.end();
    }
  });
});

describe("what can't be answered is told", () => {
  test.each<
    [sentence: string, body: RequestInit["body"], headers: Record<string, string>, status: number, at?: string]
  >([
    ["no JSON", "{]", {}, 400, "body: expected JSON"],
    ["a text", '"x"', {}, 400, "body: expected JSON"],
    ["nothing", null, {}, 400, "body: expected exactly one of workload, series, columns, prometheus, rows"],
    ["broken gzip", "{}", { "content-encoding": "gzip" }, 400, "body: expected JSON"],
    [
      "the place of a mistake",
      '{"rows":[[1],["x"]]}',
      {},
      400,
      "rows[1][0]: expected a number, a number as text, or null",
    ],
    ["a text where Prometheus has its data", '{"data":"x"}', {}, 400, 'body: Unrecognized key: "data"'],
    ["17 MB", " ".repeat(17 * 2 ** 20), {}, 413],
    ["17 MB out of 17 KB", gzipSync(" ".repeat(17 * 2 ** 20)), { "content-encoding": "gzip" }, 413],
    ["another type", "a=1", { "content-type": "application/x-www-form-urlencoded" }, 415],
    ["another alphabet", "{}", { "content-type": "application/json; charset=ebcdic" }, 415],
    ["another encoding", "{}", { "content-encoding": "zip" }, 415],
    ["millions of lists", `{"rows":[${"[],".repeat(5_300_000)}[]]}`, {}, 400, "rows: expected at most 1000000 items"],
    [
      "millions of mistakes",
      `{"columns":{"metrics":[{"name":"a","values":[${'"x",'.repeat(4_000_000)}1]}]}}`,
      {},
      400,
      "columns.metrics[0].values: expected at most 1000000 items",
    ],
  ])("%s", async (_, body, headers, status, at) => {
    const answer = await postText(body, headers);
    expect(answer.status).toBe(status);
    if (at) expect(answer.body.at[0]).toBe(at);
    else expect(answer.body).not.toHaveProperty("at");
  });

  test.each<[sentence: string, query: Record<string, string>, status: number, at: string]>([
    ["no workload", {}, 400, "workload: expected namespace/kind/name"],
    [
      "PromQL in a name",
      { workload: 'shop/Deployment/web",pod=~".*' },
      400,
      "workload: expected namespace/kind/name, the kind Deployment, StatefulSet or DaemonSet",
    ],
    [
      "too many points",
      { workload: web, step: "1s", baseline: "4d" },
      400,
      "step, baseline and judged make 347400 points: expected at most 10000",
    ],
    ["no such workload", { workload: "shop/Deployment/none" }, 404, "there is no shop/Deployment/none"],
    ["of another kind", { workload: "shop/DaemonSet/web" }, 404, "there is no shop/DaemonSet/web"],
    ["in another namespace", { workload: "bank/Deployment/web" }, 404, "there is no bank/Deployment/web"],
  ])("GET with %s", async (_, query, status, at) => {
    const answer = await get(query);
    expect([answer.status, answer.body.at]).toEqual([status, [at]]);
    expect(around.queries).toEqual([]);
  });

  test("with no Prometheus only what is sent along is scored", async () => {
    const alone = await start({ PROMETHEUS_URL: "" });
    try {
      const answer = await get({ workload: web }, alone);
      expect([answer.status, answer.body.at]).toEqual([400, ["no Prometheus is configured: send the series along"]]);
      expect((await post(column(calm(100)), alone)).status).toBe(200);
    } finally {
      await alone.end();
    }
  });

  test("with no API server: 503, and Retry-After", async () => {
    const back = around.api.intercept(() => ({ drop: true }));
    try {
      const answer = await get({ workload: web });
      expect([answer.status, answer.headers.get("retry-after"), answer.body.at]).toEqual([
        503,
        "5",
        ["Kubernetes is away"],
      ]);
      expect(await tick()).toBe(503);
    } finally {
      back();
    }
  });
});

describe("answers are as the OpenAPI document says", () => {
  test.each<[sentence: string, body: object, verdict: string, points: number | undefined]>([
    ["calm", column(calm(600)), "NORMAL", undefined],
    ["calm, with points", column(calm(600), { points: true, judged: 30 }), "NORMAL", 30],
    ["odd", column(calm(600, 0, 4)), "ANOMALOUS", undefined],
    ["odd, with points", column(calm(600, 0, 4), { points: true, judged: "1h" }), "ANOMALOUS", 60],
    ["odd, by the other engine", column(calm(600, 0, 4), { engine: "ml-isolation-forest" }), "ANOMALOUS", undefined],
    ["few points", column(calm(100, 0, 4)), "ANOMALOUS", undefined],
    ["too few", column(calm(20)), "INSUFFICIENT_DATA", undefined],
    ["too few, with points", column(calm(20), { points: true }), "INSUFFICIENT_DATA", undefined],
    ["rows", { rows: calm(600).map((value, i) => [value, calm(600, 1)[i] ?? 0]), judged: 5 }, "NORMAL", undefined],
    [
      "Prometheus' answer as it is",
      {
        status: "success",
        data: {
          resultType: "matrix",
          result: [{ metric: { __name__: "up" }, values: calm(600).map((value, i) => [i * 15, String(value)]) }],
        },
      },
      "NORMAL",
      undefined,
    ],
    ["a workload", { workload: web, at }, "NORMAL", undefined],
    ["a workload, with points", { workload: "shop/statefulset/db", at, points: true }, "NORMAL", 15],
  ])("%s", async (_, body, verdict, points) => {
    if (!("data" in body)) valid("Question", body);
    const answer = await post(body);
    expect([answer.status, answer.body.verdict, answer.body.points?.p.length]).toEqual([200, verdict, points]);
    if (verdict === "ANOMALOUS") {
      expect(answer.body.score).toBeGreaterThan(0.5);
      expect(answer.body.reasons[0]).toMatchObject({ metric: "heap_bytes" });
      expect(answer.body.alarms.length).toBeGreaterThan(0);
    }
    if (verdict === "INSUFFICIENT_DATA") expect(answer.body.message).toMatch(/^\d+ usable points/);
  });

  test("GET asks each metric of the workload's pods once, on multiples of the step", async () => {
    around.odd.add("web");
    const answer = await get({ workload: web, at: String(at + 59), step: "4m", points: "true" });
    expect(answer.body).toMatchObject({ workload: web, verdict: "ANOMALOUS", now: { alarm: true } });
    expect(answer.body.points.p).toHaveLength(8);
    expect(around.queries).toHaveLength(metricQueries.length);
    for (const query of around.queries) {
      expect(query.get("query")).toMatch(/namespace="shop",pod=~"web-/);
      expect(Number(query.get("start")) % 240).toBe(0);
      expect(Number(query.get("end"))).toBe(Math.floor((at + 59) / 240) * 240);
    }
  });

  test("POST and GET of the same have the same answer", async () => {
    const answer = await get({ workload: web, at: String(at), judged: "1h", baseline: "2d", seed: "s", budget: "1d" });
    const same = await post({ workload: web, at, judged: "1h", baseline: "2d", seed: "s", budget: "1d" });
    expect(answer.text).toBe(same.text);
    expect(answer.body.repeat).toMatchObject({ seed: "s", engine: "own", startSeconds: at - (30 + 1440 - 1) * 120 });
    expect(answer.body.threshold.budget).toEqual({ falseAlarms: 1, perSeconds: 86_400 });
  });

  test("the same question twice has the same bytes, in another process too", async () => {
    const other = await start();
    try {
      for (const body of [column(calm(600, 0, 4), { points: true }), { workload: web, at, points: true }]) {
        const first = await post(body);
        expect((await post(body)).text).toBe(first.text);
        expect((await post(body, other)).text).toBe(first.text);
      }
    } finally {
      await other.end();
    }
  });
});

describe("a tick", () => {
  test("that comes while one is under way is that one: nobody has it work twice by asking often", async () => {
    const statuses = await Promise.all(Array.from({ length: 5 }, () => tick()));
    expect(statuses).toEqual(Array(5).fill(204));
    expect(around.queries).toHaveLength(4 * metricQueries.length);
  });

  test("tells of the one odd workload of four, keeps it alive, and ends it", async () => {
    around.odd.add("web");
    expect(await tick()).toBe(204);
    expect(around.raised).toHaveLength(1);
    const [begun] = around.raised;
    expect(begun?.labels).toEqual({
      alertname: "WorkloadAnomalous",
      namespace: "shop",
      deployment: "web",
      severity: "warning",
      autoheal_type: "anomaly",
    });
    expect(begun?.annotations.summary).toMatch(/^shop\/Deployment\/web is unlike itself: .* robust sd above/);
    expect(Date.parse(begun?.startsAt ?? "")).toBeGreaterThan(Date.now() - 900_000);
    expect(new Set(around.queries.map((query) => /pod=~"([a-z]+)/.exec(query.get("query") ?? "")?.[1]))).toEqual(
      new Set(["web", "api", "cart", "db"]),
    );

    expect(await tick()).toBe(204);
    expect(around.raised).toEqual([{ ...begun, endsAt: expect.any(String), annotations: expect.any(Object) }]);
    expect(Date.parse(around.raised[0]?.endsAt ?? "")).toBeGreaterThanOrEqual(Date.parse(begun?.endsAt ?? ""));

    around.odd.clear();
    expect(await tick()).toBe(204);
    expect(around.raised).toMatchObject([{ labels: begun?.labels, startsAt: begun?.startsAt }]);
    expect(Date.parse(around.raised[0]?.endsAt ?? "")).toBeLessThanOrEqual(Date.now());
    expect(around.held.size).toBe(0);

    around.raised = [];
    expect(await tick()).toBe(204);
    expect(around.raised).toEqual([]);
  });

  test("with nothing odd nobody is told", async () => {
    expect(await tick()).toBe(204);
    expect([around.raised, around.taken]).toEqual([[], []]);
  });

  test("one that can't be judged keeps the others from nothing", async () => {
    around.odd.add("web");
    expect(await tick()).toBe(204);
    const [begun] = around.raised;
    around.prometheus = refuseWhere(/pod=~"(api|web)/);
    around.raised = [];
    expect(await tick()).toBe(204);
    expect(around.raised).toEqual([]);
    expect([...around.held.values()]).toMatchObject([{ endsAt: begun?.endsAt }]);
  });

  test("that could judge none comes again", async () => {
    around.prometheus = refuseWhere(/./);
    expect(await tick()).toBe(503);
  });

  test("that Alertmanager does not take comes again", async () => {
    around.odd.add("web");
    around.refuses = true;
    expect(await tick()).toBe(503);
    around.refuses = false;
    expect(await tick()).toBe(204);
    expect(around.raised).toHaveLength(1);
  });
});

/** Prometheus refuses queries like these, and has no sample of any other. */
const refuseWhere = (pattern: RegExp) => (query: URLSearchParams, response: ServerResponse) => {
  if (pattern.test(query.get("query") ?? "")) {
    const body = { status: "error", errorType: "execution", error: "query would load too many samples into memory" };
    response.writeHead(422).end(JSON.stringify(body));
  } else response.end(matrix([]));
};

describe("anomaly.requested", () => {
  const requested = "dev.autoheal.anomaly.requested.v1";
  const incident = { namespace: "shop", name: "deployment-web-1", uid: "5c1d" };

  test("is answered by anomaly.scored", async () => {
    around.odd.add("web");
    expect(await event(requested, { incident, workload: web })).toBe(204);
    expect(around.taken).toHaveLength(1);
    const [{ headers, data } = { headers: {}, data: {} }] = around.taken;
    expect(headers).toMatchObject({
      "ce-type": "dev.autoheal.anomaly.scored.v1",
      "ce-source": "/autoheal/anomaly-score",
      "ce-subject": web,
      "ce-id": expect.stringMatching(/^5c1d-scored-\d+$/),
    });
    expect(data).toMatchObject({
      incident,
      workload: web,
      verdict: "ANOMALOUS",
      score: expect.any(Number),
      p: expect.any(Number),
    });
    const { reasons } = data as { reasons: object[] }; // reason: asserted next
    expect(reasons[0]).toEqual({
      metric: expect.any(String),
      size: expect.any(Number),
      level: expect.any(Number),
      text: expect.any(String),
    });
  });

  test("with too little to judge by it says so, with no score", async () => {
    around.prometheus = (_query, response) => response.end(matrix([]));
    expect(await event(requested, { incident, workload: web })).toBe(204);
    expect(around.taken[0]?.data).toEqual({
      incident,
      workload: web,
      verdict: "INSUFFICIENT_DATA",
      at: expect.any(String),
      reasons: [],
    });
  });

  test("out of sight it is not well: no value of what is judged is too little", async () => {
    around.prometheus = (query, response) => {
      const [start, end, step] = ["start", "end", "step"].map((name) => Number(query.get(name)));
      if (!start || !end || !step) return response.end(matrix([]));
      const points = Math.round((end - start) / step) - 30;
      response.end(matrix(Array.from({ length: points }, (_, i) => [start + i * step, String(1 + chance(i, 1))])));
    };
    expect(await event(requested, { incident, workload: web })).toBe(204);
    expect(around.taken[0]?.data).toMatchObject({ verdict: "INSUFFICIENT_DATA", reasons: [] });
  });

  test.each<[sentence: string, answer: Surroundings["prometheus"], workload: string]>([
    ["Prometheus refuses", refuseWhere(/./), web],
    ["Prometheus is gone", (_query, response) => response.destroy(), web],
    ["there is no such workload", undefined, "shop/Deployment/none"],
  ])("%s: done, and nothing is posted: diagnose decides without it", async (_, answer, workload) => {
    around.prometheus = answer;
    expect(await event(requested, { incident, workload })).toBe(204);
    expect(around.taken).toEqual([]);
  });

  test.each<[sentence: string, type: string, data: unknown, path: string]>([
    ["no data", requested, null, "/"],
    ["no incident", requested, { workload: web }, "/"],
    ["an incident without a uid", requested, { incident: { ...incident, uid: 1 }, workload: web }, "/"],
    ["no workload", requested, { incident }, "/"],
    ["a workload that is a list", requested, { incident, workload: [web] }, "/"],
    ["PromQL in a name", requested, { incident, workload: 'shop/Deployment/a"}' }, "/"],
    ["another event", "dev.autoheal.incident.due.v1", { incident }, "/"],
    ["a tick through the Broker", "dev.knative.sources.ping", {}, "/"],
    ["a made-up event", "made.up", {}, "/tick"],
    ["no event", "", {}, "/"],
  ])("%s is poison", async (_, type, data, path) => {
    expect(await event(type, data, path)).toBe(400);
    expect([around.taken, around.queries, around.raised]).toEqual([[], [], []]);
  });
});

describe("whatever the data are", () => {
  const nothing = (points: number) => Array<null>(points).fill(null);
  const timed = (times: number[], of = 0) => ({
    name: `m${of}`,
    samples: times.map((at, i) => [at, calm(times.length, of)[i]]),
  });
  const minutes = (points: number, step = 60) => Array.from({ length: points }, (_, i) => i * step);

  test.each<[sentence: string, body: object, status: number, answer: object]>([
    ["all NaN", column(Array(600).fill("NaN")), 200, { verdict: "INSUFFICIENT_DATA", why: "TooManyMissing" }],
    ["all null", column(nothing(600)), 200, { verdict: "INSUFFICIENT_DATA", why: "TooManyMissing" }],
    [
      "all Infinity",
      column(Array(600).fill("+Inf")),
      200,
      { verdict: "INSUFFICIENT_DATA", notes: ["heap_bytes: 600 values are infinite, and count as missing"] },
    ],
    [
      "some Infinity",
      column(calm(600).map((value, i) => (i % 50 === 7 ? "-Inf" : value))),
      200,
      { verdict: "NORMAL", notes: ["heap_bytes: 12 values are infinite, and count as missing"] },
    ],
    ["the largest numbers", column(calm(600).map((value) => value * 1.5e306)), 200, { repeat: { stepSeconds: 60 } }],
    [
      "nothing of the judged points",
      column([...calm(540), ...nothing(60)], { points: true }),
      200,
      { now: { p: null, score: null, alarm: false } },
    ],
    ["constant", column(Array(600).fill(5)), 200, { verdict: "NORMAL" }],
    ["constant nothing", column(Array(600).fill(0)), 200, { verdict: "NORMAL" }],
    ["constant, and then not", column([...Array(590).fill(5), ...Array(10).fill(50)]), 200, { verdict: "ANOMALOUS" }],
    ["one sample", column([1]), 400, { at: ["a step needs two different times, or a grid with a step above 0"] }],
    ["one sample, with a step", column([1], { step: "1m" }), 200, { verdict: "INSUFFICIENT_DATA" }],
    ["no sample", column([]), 400, { at: ["no metric has a sample"] }],
    ["no row", { rows: [] }, 400, { at: ["no metric has a sample"] }],
    [
      "reversed time",
      { series: [timed(minutes(600).reverse())] },
      200,
      { notes: ["m0: times went back; its samples were sorted"] },
    ],
    [
      "each time twice",
      { series: [timed(minutes(600).flatMap((at) => [at, at]))] },
      200,
      { notes: ["m0: 600 times came twice; the later sample counts"] },
    ],
    [
      "one time only",
      { series: [timed(Array(600).fill(60))] },
      400,
      { at: ["a step needs two different times, or a grid with a step above 0"] },
    ],
    [
      "mixed steps",
      { series: [timed(minutes(600)), timed(minutes(60, 600), 1)] },
      200,
      { notes: ["metrics have different steps; all are put on one of 600 s"] },
    ],
    [
      "an age between two samples",
      { series: [timed([...minutes(100), 1e12])] },
      400,
      {
        at: [
          "16666666668 points of 1 metrics; at most 6000000 values are taken in: ask for a shorter range or a larger step",
        ],
      },
    ],
    [
      "times beyond all numbers",
      {
        series: [
          {
            name: "m0",
            samples: [
              [-1.7e308, 1],
              [1.7e308, 1],
            ],
          },
        ],
      },
      400,
      { error: expect.any(String) },
    ],
    [
      "200 metrics",
      { columns: { metrics: Array.from({ length: 200 }, (_, i) => ({ name: `m${i}`, values: calm(600, i) })) } },
      200,
      { verdict: "NORMAL" },
    ],
    ["an end long ago", column(calm(600), { at: -1e300 }), 400, { at: ["at: every sample is later"] }],
    ["an end in ages, of a workload", { workload: web, at: 1e300 }, 200, { verdict: "INSUFFICIENT_DATA" }],
    ["an end before it was made, of a workload", { workload: web, at: 1 }, 200, { verdict: "INSUFFICIENT_DATA" }],
    ["a step of a hundred years", { workload: web, step: "36500d", at }, 200, { verdict: "INSUFFICIENT_DATA" }],
  ])("%s", async (_, body, status, answer) => {
    const answered = await post(body);
    expect(answered.status).toBe(status);
    expect(answered.body).toMatchObject(answer);
  });

  test("a million points are answered in bounded memory", async () => {
    const own = await start();
    try {
      const values = Array.from({ length: 1_000_000 }, (_, i) => Math.round(1e4 * (1 + 0.1 * (chance(i, 0) - 0.5))));
      expect((await post(column(values), own)).status).toBe(200);
      const metrics = Array.from({ length: 200 }, (_, i) => ({
        name: `m${i}`,
        values: values.slice(i * 5000, i * 5000 + 5000),
      }));
      expect((await post({ columns: { metrics } }, own)).status).toBe(200);
      expect(peakMegabytes(own)).toBeLessThan(700);
    } finally {
      await own.end();
    }
  }, 120_000);
});

/** The most memory that a process has had resident. */
function peakMegabytes({ pid }: FunctionProcess): number {
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

describe("whatever Prometheus does", () => {
  const refusal = (status: number, body: object) => (_query: URLSearchParams, response: ServerResponse) =>
    void response.writeHead(status).end(JSON.stringify(body));
  const text = (body: string) => (_query: URLSearchParams, response: ServerResponse) => void response.end(body);
  const away = "Prometheus is away";
  const noSamples = "the answer to a range query has no list of samples";
  let endless: ServerResponse[] = [];
  afterEach(() => {
    for (const response of endless) response.destroy();
    endless = [];
  });

  test.each<[sentence: string, answer: Surroundings["prometheus"], status: number, at: string]>([
    ["is gone", (_query, response) => response.destroy(), 503, away],
    ["goes half-way", (_query, response) => void response.write("{", () => response.destroy()), 503, away],
    [
      "refuses",
      refusal(422, { status: "error", errorType: "execution", error: "too many samples" }),
      400,
      "query refused: too many samples",
    ],
    [
      "refuses for ever",
      refusal(400, { status: "error", error: "x".repeat(1_000_000) }),
      400,
      `query refused: ${"x".repeat(1024)}`,
    ],
    ["has too much to do", refusal(429, { status: "error", error: "slow down" }), 503, "query refused: slow down"],
    ["is starting", refusal(503, { status: "error", error: "starting" }), 503, "query refused: starting"],
    ["answers a page", text("<html>"), 503, away],
    ["answers nothing", text(""), 503, away],
    ["answers null", text("null"), 503, away],
    ["answers a list", text("[]"), 503, "query refused: 200"],
    ["has no data", text('{"status":"success"}'), 503, "the answer has no result"],
    ["has a number for a result", text('{"status":"success","data":{"result":1}}'), 503, "the answer has no result"],
    [
      "has a number for samples",
      text(JSON.stringify({ status: "success", data: { result: [{ values: 1 }] } })),
      503,
      noSamples,
    ],
    ["has numbers for samples", text(matrix([1, 2])), 503, noSamples],
    ["has no series where one is", text('{"status":"success","data":{"result":[null]}}'), 503, noSamples],
    ["answers an instant", text('{"status":"success","data":{"result":[{"value":[1,"2"]}]}}'), 503, noSamples],
    [
      "never comes to an end",
      (_query, response) => {
        endless.push(response);
        const more = () => void (response.destroyed || response.write(" ".repeat(65_536), () => setImmediate(more)));
        more();
      },
      400,
      "the answer is larger than 2 MiB",
    ],
  ])("it %s", async (_, answer, status, at) => {
    around.prometheus = answer;
    const answered = await get({ workload: web });
    expect([answered.status, answered.body.at]).toEqual([status, [at]]);
    expect(answered.headers.get("retry-after")).toBe(status === 503 ? "5" : null);
  });

  test("it is slow: away, and within the time that a request has", async () => {
    around.prometheus = (_query, response) => void endless.push(response);
    const answered = await get({ workload: web });
    expect([answered.status, answered.body.at]).toEqual([503, [away]]);
  });

  test("it warns: noted, each once, and judged", async () => {
    around.prometheus = (query, response) => {
      const start = Number(query.get("start"));
      const step = Number(query.get("step"));
      const values = calm(2895).map((value, i) => [start + i * step, String(value)]);
      response.end(matrix(values, { warnings: ["results may be partial: a store is away"] }));
    };
    const answered = await get({ workload: web });
    expect(answered.body).toMatchObject({
      verdict: "NORMAL",
      notes: ["Prometheus warned: results may be partial: a store is away"],
    });
  });

  test.each<[sentence: string, answer: (values: unknown[][]) => unknown[], verdict: string]>([
    ["has nothing", () => [], "INSUFFICIENT_DATA"],
    ["has the last hour only", (values) => values.slice(-30), "INSUFFICIENT_DATA"],
    ["has every other sample", (values) => values.filter((_, i) => i % 2 === 0), "NORMAL"],
    ["has NaN alone", (values) => values.map(([at]) => [at, "NaN"]), "INSUFFICIENT_DATA"],
    ["has times as texts", (values) => values.map(([at, value]) => [String(at), value]), "INSUFFICIENT_DATA"],
    ["has lists for values", (values) => values.map(([at]) => [at, { a: 1 }]), "INSUFFICIENT_DATA"],
    ["has times in reverse", (values) => values.toReversed(), "NORMAL"],
  ])("it %s", async (_, answer, verdict) => {
    around.prometheus = (query, response) => {
      const [start = 0, step = 1] = [Number(query.get("start")), Number(query.get("step"))];
      response.end(matrix(answer(calm(2895).map((value, i) => [start + i * step, String(value)]))));
    };
    const answered = await get({ workload: web });
    expect([answered.status, answered.body.verdict]).toEqual([200, verdict]);
  });
});
