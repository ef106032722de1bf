import fc from "fast-check";
import { expect, test } from "vitest";
import { forestEngines, judge, type Question, type Score } from "./index.ts";
import { aQuestion, changed } from "./testing.ts";

/** An answer as text in which a bit that differs is seen. */
function bytes(score: Score): string {
  return JSON.stringify(score, (_, value) =>
    ArrayBuffer.isView(value)
      ? Buffer.from(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)).toString("hex")
      : value,
  );
}

/** A short question with anything in it. */
const anything: fc.Arbitrary<Question> = fc
  .record({
    points: fc.integer({ min: 1, max: 420 }),
    judged: fc.integer({ min: 0, max: 40 }),
    kinds: fc.array(fc.constantFrom("bytes", "seconds", "rate", "ratio", "count", "value" as const), { maxLength: 3 }),
    stepSeconds: fc.constantFrom(1, 15, 60, 300, 7200),
    palette: fc.array(fc.double(), { minLength: 1, maxLength: 6 }),
    pattern: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ points, judged, kinds, stepSeconds, palette, pattern }) =>
    aQuestion({
      stepSeconds,
      judgedFrom: Math.max(points - judged, 0),
      metrics: kinds.map((kind, m) => ({
        name: `metric ${m}`,
        kind,
        values: Float64Array.from(
          { length: points },
          (_, i) => palette[(i * pattern + (i >> 3) * m) % palette.length] ?? 0,
        ),
      })),
    }),
  );

/** A workload with some trouble, sometimes. */
const troubled: fc.Arbitrary<Question> = fc
  .record({
    metric: fc.constantFrom("p99 latency", "request rate", "memory working set", "CPU"),
    since: fc.integer({ min: -300, max: 50 }),
    factor: fc.double({ min: 0.2, max: 4, noNaN: true }),
  })
  .map(({ metric, since, factor }) => {
    const question = aQuestion({}, 700);
    return changed(question, metric, question.judgedFrom + since, (value) => value * factor);
  });

test("whatever the data is, there is an answer: p and score between 0 and 1, or none, and no alarm without a threshold crossed", () => {
  fc.assert(
    fc.property(anything, (question) => {
      const score = judge(question);
      if (score.verdict === "INSUFFICIENT_DATA") return score.message.length > 0;
      const { p, score: scores, alarm } = score.points;
      const within = [...p, ...scores].every((value) => Number.isNaN(value) || (value >= 0 && value <= 1));
      return within && p.length === alarm.length && score.alarms.length > 0 === alarm.includes(1);
    }),
    { numRuns: 60 },
  );
});

test("the same question has the same answer, to the bit, and leaves the question as it was", () => {
  fc.assert(
    fc.property(troubled, (question) => {
      const before = question.metrics.map(({ values }) => values.slice());
      expect(bytes(judge(question))).toBe(bytes(judge(question)));
      expect(question.metrics.map(({ values }) => values)).toEqual(before);
    }),
    { numRuns: 5 },
  );
});

test("the order of the metrics does not matter", () => {
  fc.assert(
    fc.property(troubled, (question) => {
      expect(bytes(judge({ ...question, metrics: question.metrics.toReversed() }))).toBe(bytes(judge(question)));
    }),
    { numRuns: 5 },
  );
});

test("the unit of a value without a kind does not matter", () => {
  fc.assert(
    fc.property(troubled, fc.constantFrom(0.25, 2, 1024), (question, factor) => {
      const times = (by: number) =>
        judge({
          ...question,
          metrics: question.metrics.map(({ name, values }) => ({
            name,
            kind: "value",
            values: values.map((value) => value * by),
          })),
        });
      const [plain, scaled] = [times(1), times(factor)];
      if (plain.verdict === "INSUFFICIENT_DATA" || scaled.verdict === "INSUFFICIENT_DATA")
        throw new Error("was judged");
      expect(scaled.points).toEqual(plain.points);
    }),
    { numRuns: 5 },
  );
});

test("what comes later changes nothing about the points before", () => {
  fc.assert(
    fc.property(troubled, fc.integer({ min: 1, max: 59 }), (question, later) => {
      const end = (question.metrics[0]?.values.length ?? 0) - later;
      const shorter = question.metrics.map((metric) => ({ ...metric, values: metric.values.slice(0, end) }));
      const [all, part] = [judge(question), judge({ ...question, metrics: shorter })];
      if (all.verdict === "INSUFFICIENT_DATA" || part.verdict === "INSUFFICIENT_DATA") throw new Error("was judged");
      expect(part.points.p).toEqual(all.points.p.slice(0, part.points.p.length));
    }),
    { numRuns: 5 },
  );
});

test("days later, all is as it was: hours of the day are the same", () => {
  const question = aQuestion({}, 3 * 1440 + 60);
  const [now, later] = [judge(question), judge({ ...question, startSeconds: question.startSeconds + 10 * 86_400 })];
  if (now.verdict === "INSUFFICIENT_DATA" || later.verdict === "INSUFFICIENT_DATA") throw new Error("was judged");
  expect(later.points.p).toEqual(now.points.p);
});

test("a smaller budget never raises more alarms", () => {
  fc.assert(
    fc.property(troubled, (question) => {
      const points = [1, 7, 70].map((falseAlarms) => {
        const score = judge({ ...question, budget: { falseAlarms, perSeconds: 604_800 } });
        return score.verdict === "INSUFFICIENT_DATA" ? 0 : score.points.alarm.reduce((sum, on) => sum + on, 0);
      });
      expect(points).toEqual(points.toSorted((a, b) => a - b));
    }),
    { numRuns: 5 },
  );
});

test("either engine finds the trouble, and is named", () => {
  const question = aQuestion();
  const trouble = changed(question, "p99 latency", question.judgedFrom + 10, (value) => value * 2);
  for (const engine of Object.values(forestEngines)) {
    const { verdict, repeat } = judge({ ...trouble, engine });
    expect([verdict, repeat.engine]).toEqual(["ANOMALOUS", engine.name]);
  }
});
