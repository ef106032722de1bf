import type { MetricKind, Samples } from "@autoheal/lib/anomaly";
import { mistakesOf } from "@autoheal/lib/mistake";
import { durationSeconds } from "@autoheal/lib/runtime";
import type { WorkloadRef } from "@autoheal/lib/workload";
import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";

/** Most metrics of one question, and most values of all of them together. */
const mostMetrics = 200;
const mostValues = 1_000_000;

const duration = z.string().check(
  z.refine((text) => durationSeconds(text) !== undefined, "expected a duration such as 30s, 5m or 4d"),
  z.describe("A duration as Prometheus writes it: `30s`, `5m`, `1h30m`, `4d`."),
);
const count = z.int().check(z.minimum(1), z.maximum(mostValues));
const instant = z
  .union([z.number(), z.iso.datetime({ offset: true })])
  .check(z.describe("Seconds since the epoch, or RFC 3339."));
const kind = z
  .enum(["bytes", "seconds", "rate", "ratio", "count", "value"])
  .check(
    z.describe(
      "What the values are; without it, told by the ending of the name (`_bytes`, `_seconds`, `_ratio`, `_total`).",
    ),
  );
const name = z.string().check(z.minLength(1), z.maxLength(256));
/** What JSON has no number for comes as Prometheus writes it. */
const value = z
  .nullable(z.union([z.number(), z.string().check(z.regex(/^([+-]?(\d|\.\d)[\d.eE+-]*|[+-]?Inf|NaN)$/))]))
  .check(z.describe("A number, a number as text (`NaN`, `+Inf`, `-Inf` too), or null where there was none."));
const few = <T extends z.core.$ZodType>(one: T) => z.array(one).check(z.minLength(1), z.maxLength(mostMetrics));
const pairs = z.array(z.tuple([z.number(), value]));

/** Kubernetes' own form of names (RFC 1123): nothing that could lead a path or a query elsewhere. */
const workloadName =
  /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\/(deployment|statefulset|daemonset)\/[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/i;

const workload = z
  .string()
  .check(
    z.regex(workloadName, "expected namespace/kind/name, the kind Deployment, StatefulSet or DaemonSet"),
    z.describe("`namespace/kind/name` of a workload: its metrics are asked of Prometheus, its past of Kubernetes."),
  );

const prometheus = z
  .object({
    status: z.literal("success"),
    data: z.object({
      resultType: z.literal("matrix"),
      result: few(z.object({ metric: z.record(z.string(), z.string()), values: pairs })),
    }),
  })
  .check(z.describe("Prometheus' answer to a range query, as it is."));

const options = {
  step: z.optional(duration),
  baseline: z.optional(duration),
  judged: z.optional(
    z.union([duration, count]).check(z.describe("How much of the end is judged: a duration, or a number of points.")),
  ),
  at: z.optional(instant),
  seed: z.optional(z.string().check(z.maxLength(256))),
  budget: z.optional(duration.check(z.describe("One false alarm in this time, on average: `7d`."))),
  engine: z.optional(z.enum(["own", "ml-isolation-forest"])),
  points: z.optional(z.boolean().check(z.describe("Answer with p, score and alarm of each judged point."))),
};

const sources = {
  workload: z.optional(workload),
  series: z.optional(few(z.object({ name, kind: z.optional(kind), samples: pairs }))),
  columns: z.optional(
    z.object({
      start: z.optional(instant),
      step: z.optional(duration),
      metrics: few(z.object({ name, kind: z.optional(kind), values: z.array(value) })),
    }),
  ),
  prometheus: z.optional(prometheus),
  rows: z.optional(z.array(few(value)).check(z.minLength(1))),
};
const sourceNames = Object.keys(sources) as (keyof typeof sources)[]; // reason: they are its keys

/** The body of `POST /score`, for validation and for the OpenAPI document. */
export const requestSchema = z
  .strictObject({ ...sources, ...options })
  .check(
    z.refine(
      (body) => sourceNames.filter((source) => body[source] !== undefined).length === 1,
      `expected exactly one of ${sourceNames.join(", ")}`,
    ),
  );

/** What somebody asks: of a workload, or of what came along; undefined is what is not said. */
export interface Asked {
  readonly of: { readonly workload: WorkloadRef } | { readonly samples: readonly Samples[] };
  readonly stepSeconds: number | undefined;
  readonly baselineSeconds: number | undefined;
  /** How much of the end is judged. */
  readonly judged: { readonly seconds: number } | { readonly points: number } | undefined;
  /** The end of what is looked at, in seconds since the epoch; now, or the last sample. */
  readonly atSeconds: number | undefined;
  readonly seed: string | undefined;
  readonly budgetSeconds: number | undefined;
  readonly engine: "own" | "ml-isolation-forest" | undefined;
  readonly points: boolean;
}

/** What is asked where nothing is said: for questions that nobody wrote. */
export const nothingSaid: Omit<Asked, "of"> = {
  stepSeconds: undefined,
  baselineSeconds: undefined,
  judged: undefined,
  atSeconds: undefined,
  seed: undefined,
  budgetSeconds: undefined,
  engine: undefined,
  points: false,
};

/** A question that is understood, or where it is not: `columns.metrics[1].values[7]: …`. */
export type Parsed = { readonly ok: true; readonly asked: Asked } | { readonly ok: false; readonly at: string[] };

/** Reads the body of `POST /score`; the answer of a range query may be the whole of it. */
export function parseBody(body: unknown): Parsed {
  const given = isPrometheus(body) ? { prometheus: body } : body;
  const parsed = requestSchema.safeParse(given, { error: en().localeError });
  if (!parsed.success) return { ok: false, at: mistakesOf(parsed.error.issues) };
  const { step, baseline, judged, at, seed, budget, engine, points = false, ...source } = parsed.data;
  const of = sourceOf(source, step);
  if (typeof of === "string") return { ok: false, at: [of] };
  return {
    ok: true,
    asked: {
      of,
      stepSeconds: durationSeconds(step ?? ""),
      baselineSeconds: durationSeconds(baseline ?? ""),
      judged: judgedOf(judged),
      atSeconds: at === undefined ? undefined : secondsOf(at),
      seed,
      budgetSeconds: durationSeconds(budget ?? ""),
      engine,
      points,
    },
  };
}

/** Reads the query of `GET /score?workload=…`: the options of the body, each as text. */
export function parseQuery(query: Readonly<Record<string, unknown>>): Parsed {
  const { judged, at, points, ...rest } = query;
  const number = (text: unknown) => (typeof text === "string" && /^\d+(\.\d+)?$/.test(text) ? Number(text) : text);
  const truth = points === "true" || points === "" ? true : points === "false" ? false : points;
  const body = { ...rest, judged: number(judged), at: number(at), points: truth };
  if (rest.workload === undefined) return { ok: false, at: ["workload: expected namespace/kind/name"] };
  return parseBody(Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)));
}

/** `namespace/kind/name` as a workload; the kind is read in any case. Undefined of what is no such name. */
export function workloadOf(text: string): WorkloadRef | undefined {
  if (!workloadName.test(text)) return undefined;
  const [namespace = "", kind = "", name = ""] = text.split("/");
  const kinds = { deployment: "Deployment", statefulset: "StatefulSet", daemonset: "DaemonSet" } as const;
  return { namespace, kind: kinds[kind.toLowerCase() as keyof typeof kinds], name }; // reason: the expression lets no other through
}

type Source = Omit<z.infer<typeof requestSchema>, keyof typeof options>;

function sourceOf({ workload, series, columns, prometheus, rows }: Source, step?: string): Asked["of"] | string {
  const asked = workload === undefined ? undefined : workloadOf(workload);
  if (asked) return { workload: asked };
  const samples =
    series?.map(({ name, kind = kindOf(name), samples }) => ({ name, kind, samples })) ??
    prometheus?.data.result.map(({ metric, values }, i) => {
      const name = nameOf(metric, i);
      return { name, kind: kindOf(name), samples: values };
    }) ??
    (columns && ofColumns(columns, step)) ??
    ofRows(rows ?? [], step);
  if (typeof samples === "string") return samples;
  const values = samples.reduce((sum, one) => sum + one.samples.length, 0);
  if (values > mostValues) return `${values} values: expected at most ${mostValues} of all metrics together`;
  const twice = samples.find(({ name }, i) => samples.findIndex((other) => other.name === name) !== i);
  return twice ? `metric ${twice.name}: expected one of this name` : { samples };
}

/** Where no time is said, points are a minute apart. */
const usualStepSeconds = 60;

function ofColumns({ start = 0, step, metrics }: NonNullable<Source["columns"]>, outer?: string): Samples[] {
  const from = secondsOf(start);
  const apart = durationSeconds(step ?? outer ?? "") ?? usualStepSeconds;
  return metrics.map(({ name, kind = kindOf(name), values }) => ({
    name,
    kind,
    samples: values.map((value, i) => [from + i * apart, value] as const),
  }));
}

function ofRows(rows: NonNullable<Source["rows"]>, step?: string): Samples[] | string {
  const width = rows[0]?.length ?? 0;
  const odd = rows.findIndex((row) => row.length !== width);
  if (odd >= 0) return `rows[${odd}]: expected ${width} values, as the first row has`;
  const apart = durationSeconds(step ?? "") ?? usualStepSeconds;
  return Array.from({ length: width }, (_, column) => ({
    name: `column ${column + 1}`,
    kind: "value" as const,
    samples: rows.map((row, i) => [i * apart, row[column] ?? null] as const),
  }));
}

function judgedOf(judged: string | number | undefined): Asked["judged"] {
  if (typeof judged === "number") return { points: judged };
  const seconds = durationSeconds(judged ?? "");
  return seconds === undefined ? undefined : { seconds };
}

function secondsOf(instant: string | number): number {
  return typeof instant === "number" ? instant : Date.parse(instant) / 1000;
}

/** Prometheus' convention for the units of metrics: their names end with them. */
function kindOf(name: string): MetricKind {
  const base = name.replace(/\{.*$/s, "");
  if (/_bytes$/.test(base)) return "bytes";
  if (/_seconds$/.test(base)) return "seconds";
  if (/_ratio$/.test(base)) return "ratio";
  if (/_total$/.test(base)) return "rate";
  return "value";
}

function nameOf({ __name__: name = "", ...labels }: Readonly<Record<string, string>>, i: number): string {
  const told = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
  const whole = told.length > 0 ? `${name}{${told.join(",")}}` : name;
  return (whole || `series ${i + 1}`).slice(0, 256);
}

function isPrometheus(body: unknown): boolean {
  return typeof body === "object" && body !== null && "resultType" in ((body as { data?: object }).data ?? {}); // reason: asked field by field
}
