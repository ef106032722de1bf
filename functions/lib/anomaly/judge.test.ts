import { expect, test } from "vitest";
import { judge, type Question, type Score } from "./index.ts";
import { roomFor } from "./prepare.ts";
import { aQuestion, changed } from "./testing.ts";

const calm = aQuestion();
const { judgedFrom } = calm;
const at = (index: number) => calm.startSeconds + index * calm.stepSeconds;

/** What an answer says, without its numbers. */
function said(score: Score): string {
  if (score.verdict === "INSUFFICIENT_DATA") return `${score.verdict}: ${score.why}`;
  const [first] = score.reasons;
  return `${score.verdict}${score.alarms.length > 0 ? `: ${first?.metric}, ${(first?.size ?? 0) > 0 ? "up" : "down"}` : ""}`;
}

test.each<[sentence: string, question: Question, answer: string]>([
  ["nothing is wrong", calm, "NORMAL"],
  [
    "latency goes up by half",
    changed(calm, "p99 latency", judgedFrom + 20, (value) => value * 1.5),
    "ANOMALOUS: p99 latency, up",
  ],
  [
    "half of the traffic stays away",
    changed(calm, "request rate", judgedFrom + 20, (value) => value / 2),
    "ANOMALOUS: request rate, down",
  ],
  [
    "memory grows by a per cent each minute",
    changed(calm, "memory working set", judgedFrom, (value, since) => value * (1 + since / 100)),
    "ANOMALOUS: memory working set, up",
  ],
  ["the CPU does nothing any more", changed(calm, "CPU", judgedFrom + 20, () => 0), "ANOMALOUS: CPU, down"],
  [
    "what is odd was over before the judged points, but for the hour that is looked back",
    changed(calm, "p99 latency", judgedFrom - 600, (value) => value * 1.5, judgedFrom - 540),
    "NORMAL",
  ],
  [
    "a metric vanishes: nothing is known of it, which is not odd",
    changed(calm, "CPU", judgedFrom, () => Number.NaN),
    "NORMAL",
  ],
  ["no metric", { ...calm, metrics: [] }, "INSUFFICIENT_DATA: NoMetrics"],
  ["nothing to judge", { ...calm, judgedFrom: 2880 }, "INSUFFICIENT_DATA: NothingToJudge"],
  ["29 points of baseline", aQuestion({}, 89), "INSUFFICIENT_DATA: TooFewPoints"],
  ["30 points of baseline", aQuestion({}, 90), "NORMAL"],
  [
    "a baseline that is cut away",
    { ...calm, cuts: [{ fromSeconds: at(0), toSeconds: at(judgedFrom - 29) }] },
    "INSUFFICIENT_DATA: TooFewPoints",
  ],
  [
    "every metric lacks 40 % of the baseline",
    { ...calm, metrics: calm.metrics.map((metric) => ({ ...metric, values: metric.values.map(lacking(40)) })) },
    "INSUFFICIENT_DATA: TooManyMissing",
  ],
  [
    "every metric lacks 20 % of the baseline",
    { ...calm, metrics: calm.metrics.map((metric) => ({ ...metric, values: metric.values.map(lacking(20)) })) },
    "NORMAL",
  ],
  [
    "more metrics than are judged at once",
    { ...calm, metrics: Array.from({ length: 241 }, (_, i) => ({ ...constant(1), name: String(i) })) },
    "INSUFFICIENT_DATA: TooLarge",
  ],
  [
    "more points to be judged than fit",
    { ...calm, metrics: [constant(1, 3_000_001)], judgedFrom: 100 },
    "INSUFFICIENT_DATA: TooLarge",
  ],
  ["all values are equal", { ...calm, metrics: [constant(7)] }, "NORMAL"],
  ["all values are 0", { ...calm, metrics: [constant(0)] }, "NORMAL"],
  [
    "an error ratio that was always 0 is 5 %",
    changed({ ...calm, metrics: [constant(0)] }, "error ratio", judgedFrom + 20, () => 0.05),
    "ANOMALOUS: error ratio, up",
  ],
  ["no value is a number", { ...calm, metrics: [constant(Number.NaN)] }, "INSUFFICIENT_DATA: TooManyMissing"],
  [
    "all values are infinite",
    { ...calm, metrics: [constant(Number.POSITIVE_INFINITY)] },
    "INSUFFICIENT_DATA: TooManyMissing",
  ],
  ["one sample", { ...calm, metrics: [constant(1, 1)], judgedFrom: 0 }, "INSUFFICIENT_DATA: TooFewPoints"],
])("%s", (_, question, answer) => expect(said(judge(question))).toBe(answer));

function lacking(percent: number): (value: number, index: number) => number {
  return (value, index) => (index % 100 < percent ? Number.NaN : value);
}

function constant(value: number, points = 2880) {
  return { name: "error ratio", kind: "ratio" as const, values: new Float64Array(points).fill(value) };
}

test.each<[points: number, method: Score["baseline"]["method"]]>([
  [89, "none"],
  [60 + 255, "robust-z"],
  [60 + 256, "channels-without-hours"],
  [60 + 3 * 1440 - 1, "channels-without-hours"],
  [60 + 3 * 1440, "channels"],
])("%i points are judged by %s", (points, method) => {
  expect(judge(aQuestion({}, points)).baseline.method).toBe(method);
});

test("an alarm begins where the trouble does, has a reason in words, and is on at the end while it lasts", () => {
  const score = judge(changed(calm, "p99 latency", judgedFrom + 20, (value) => value * 1.5));
  if (score.verdict === "INSUFFICIENT_DATA") throw new Error("was judged");
  const [alarm] = score.alarms;
  expect(alarm?.fromSeconds).toBe(at(judgedFrom + 21));
  expect(alarm?.reasons[0]?.text).toMatch(/^p99 latency is \d+\.\d robust sd above its /);
  expect(score.now.alarm).toBe(true);
  expect(score.points.alarm.slice(0, 21).every((on) => on === 0)).toBe(true);
  expect(score.score).toBeGreaterThan(0.5);
  expect(score.p).toBeLessThan(score.threshold.p);
});

test.each(["value", "ratio", "seconds"] as const)(
  "one %s of 1.7e308 in the baseline does not hide the trouble",
  (kind) => {
    const metrics = calm.metrics.map((metric) => (metric.name === "p99 latency" ? { ...metric, kind } : metric));
    const spoilt = changed({ ...calm, metrics }, "p99 latency", 200, () => 1.7e308, 201);
    const score = judge(changed(spoilt, "p99 latency", judgedFrom + 20, (value) => value * 3));
    expect(score.verdict).toBe("ANOMALOUS");
  },
);

test("a stretch that is to be explained is, also when it raised no alarm", () => {
  const explain = [{ fromSeconds: at(judgedFrom + 10), toSeconds: at(judgedFrom + 20) }];
  const score = judge({ ...changed(calm, "CPU", judgedFrom + 12, (value) => value * 1.2, judgedFrom + 13), explain });
  if (score.verdict === "INSUFFICIENT_DATA") throw new Error("was judged");
  expect(score.explained).toHaveLength(1);
  expect(score.explained[0]?.reasons[0]?.metric).toBe("CPU");
});

test("a known incident in the baseline would make the same trouble usual; its cut does not", () => {
  const from = judgedFrom - 700;
  const incident = changed(calm, "p99 latency", from, (value) => value * 1.4, from + 600);
  const again = changed(incident, "p99 latency", judgedFrom + 20, (value) => value * 1.4);
  const cut = { ...again, cuts: [{ fromSeconds: at(from), toSeconds: at(from + 660) }] };
  const [uncut, known] = [judge(again), judge(cut)];
  if (uncut.verdict === "INSUFFICIENT_DATA" || known.verdict === "INSUFFICIENT_DATA") throw new Error("was judged");
  expect(known.verdict).toBe("ANOMALOUS");
  expect(known.p).toBeLessThan(uncut.p);
});

test("a baseline that moved is told", () => {
  const moved = changed(calm, "CPU", 1000, (value) => value * 2);
  const score = judge(moved);
  if (score.verdict === "INSUFFICIENT_DATA") throw new Error("was judged");
  expect(score.drift.metrics[0]?.metric).toBe("CPU");
  expect(score.drift.text).toMatch(/^in the baseline itself CPU went up by \d+\.\d robust sd/);
});

test.each<[sentence: string, question: Question]>([
  ["there is too little to judge by", aQuestion({ limits: [{ metric: "CPU", above: 0.95 }] }, 89)],
  ["all else is normal", { ...calm, limits: [{ metric: "CPU", above: 0.95 }] }],
])("a hard limit holds where %s", (_, question) => {
  const { breaches } = judge(changed(question, "CPU", question.judgedFrom + 5, () => 0.973, question.judgedFrom + 6));
  expect(breaches.map(({ text }) => text)).toEqual(["CPU is 0.973, above its limit of 0.95"]);
  expect(judge(question).breaches).toEqual([]);
});

test.each([
  [1, 3_000_000],
  [6, 500_000],
  [200, 15_000],
])("of %i metrics the last %i points are looked at", (metrics, points) => expect(roomFor(metrics)).toBe(points));

test.each([
  [{ stepSeconds: 0 }, "stepSeconds is 0; allowed: above 0"],
  [{ stepSeconds: Number.NaN }, "stepSeconds is NaN; allowed: above 0"],
  [{ judgedFrom: 1.5 }, "judgedFrom is 1.5; allowed: a whole number from 0"],
])("%j is no question", (more, message) => expect(() => judge({ ...calm, ...more })).toThrow(new RangeError(message)));
