/** For tests: a workload's metrics that are made up, the same each time. */
import { forestEngines, generatorOf } from "./forest/index.ts";
import type { Metric, MetricKind, Question } from "./question.ts";

/** Noise in [-1, 1), the same for the same seed. */
export function noise(seed: number): () => number {
  const generator = generatorOf(seed);
  return () => generator.next() / 2 ** 31 - 1;
}

/** A metric about a level, with daily waves and noise, both as shares of it. */
function aMetric(
  name: string,
  kind: MetricKind,
  level: number,
  points: number,
  { wave = 0.1, jitter = 0.05, stepSeconds = 60, seed = level } = {},
): Metric {
  const chance = noise(Math.round(seed * 1000));
  const values = Float64Array.from({ length: points }, (_, i) => {
    const daily = Math.sin((2 * Math.PI * i * stepSeconds) / 86_400);
    return level * (1 + wave * daily + jitter * chance());
  });
  return { name, kind, values };
}

/** Two days of a calm workload by the minute, the last hour to be judged; one false alarm a week is allowed. */
export function aQuestion(more: Partial<Question> = {}, points = 2880): Question {
  return {
    startSeconds: 1_700_006_400,
    stepSeconds: 60,
    metrics: [
      aMetric("p99 latency", "seconds", 0.2, points),
      aMetric("request rate", "rate", 120, points),
      aMetric("memory working set", "bytes", 3e8, points),
      aMetric("CPU", "ratio", 0.4, points),
    ],
    judgedFrom: points - 60,
    cuts: [],
    seed: "shop/Deployment/cart",
    budget: { falseAlarms: 1, perSeconds: 604_800 },
    engine: forestEngines.own,
    ...more,
  };
}

/** The question with the values of one metric changed from a point on. */
export function changed(
  question: Question,
  name: string,
  from: number,
  change: (value: number, since: number) => number,
  to = Number.POSITIVE_INFINITY,
): Question {
  const metrics = question.metrics.map((metric) =>
    metric.name !== name
      ? metric
      : { ...metric, values: metric.values.map((value, i) => (i >= from && i < to ? change(value, i - from) : value)) },
  );
  return { ...question, metrics };
}
