import type { MetricKind, Samples } from "@autoheal/lib/anomaly";
import { mistakesOf } from "@autoheal/lib/mistake";
import type { WorkloadRef } from "@autoheal/lib/workload";
import type * as z from "zod/mini";
import en from "zod/v4/locales/en.js";
import { askedSeconds, mostValues, type options, requestSchema, workloadName } from "./request-schema.ts";

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

/** Longest sentence about a mistake, in characters: some repeat what was sent. */
const longestMistake = 512;

/** Reads the body of `POST /score`; the answer of a range query may be the whole of it. */
export function parseBody(body: unknown): Parsed {
  const given = isPrometheus(body) ? { prometheus: body } : body;
  const parsed = requestSchema.safeParse(given, { error: en().localeError });
  if (!parsed.success) {
    return { ok: false, at: mistakesOf(parsed.error.issues).map((text) => text.slice(0, longestMistake)) };
  }
  const { step, baseline, judged, at, seed, budget, engine, points = false, ...source } = parsed.data;
  const of = sourceOf(source, step);
  if (typeof of === "string") return { ok: false, at: [of] };
  return {
    ok: true,
    asked: {
      of,
      stepSeconds: askedSeconds(step ?? ""),
      baselineSeconds: askedSeconds(baseline ?? ""),
      judged: judgedOf(judged),
      atSeconds: at === undefined ? undefined : secondsOf(at),
      seed,
      budgetSeconds: askedSeconds(budget ?? ""),
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

/** `namespace/kind/name` as a workload; the kind is read without its capitals too. Undefined of what is no such name. */
export function workloadOf(text: string): WorkloadRef | undefined {
  if (!workloadName.test(text)) return undefined;
  const [namespace = "", kind = "", name = ""] = text.split("/");
  const kinds = { deployment: "Deployment", statefulset: "StatefulSet", daemonset: "DaemonSet" } as const;
  return { namespace, kind: kinds[kind.toLowerCase() as keyof typeof kinds], name }; // reason: the expression lets no other through
}

type Source = Omit<z.infer<typeof requestSchema>, keyof typeof options>;

function sourceOf(source: Source, step?: string): Asked["of"] | string {
  const { workload, series, columns, prometheus, rows } = source;
  const asked = workload === undefined ? undefined : workloadOf(workload);
  if (asked) return { workload: asked };
  const values = valuesIn(source);
  if (values > mostValues) return `${values} values: expected at most ${mostValues} of all metrics together`;
  const samples =
    series?.map(({ name, kind = kindOf(name), samples }) => ({ name, kind, samples })) ??
    prometheus?.data.result.map(({ metric, values }, i) => {
      const name = nameOf(metric, i);
      return { name, kind: kindOf(name), samples: values };
    }) ??
    (columns && ofColumns(columns, step)) ??
    ofRows(rows ?? [], step);
  if (typeof samples === "string") return samples;
  const twice = samples.find(({ name }, i) => samples.findIndex((other) => other.name === name) !== i);
  return twice ? `metric ${twice.name}: expected one of this name` : { samples };
}

/** How many values came along, counted before anything is made of them. */
function valuesIn({ series = [], columns, prometheus, rows = [] }: Source): number {
  const lists = [
    ...series.map(({ samples }) => samples),
    ...(columns?.metrics ?? []).map(({ values }) => values),
    ...(prometheus?.data.result ?? []).map(({ values }) => values),
  ];
  const inRows = rows.reduce((sum, row) => sum + row.length, 0);
  return lists.reduce((sum, { length }) => sum + length, inRows);
}

/** Where no time is said, points are a minute apart. */
const usualStepSeconds = 60;

function ofColumns({ start = 0, step, metrics }: NonNullable<Source["columns"]>, outer?: string): Samples[] {
  const from = secondsOf(start);
  const apart = askedSeconds(step ?? outer ?? "") ?? usualStepSeconds;
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
  const apart = askedSeconds(step ?? "") ?? usualStepSeconds;
  return Array.from({ length: width }, (_, column) => ({
    name: `column ${column + 1}`,
    kind: "value" as const,
    samples: rows.map((row, i) => [i * apart, row[column] ?? null] as const),
  }));
}

function judgedOf(judged: string | number | undefined): Asked["judged"] {
  if (typeof judged === "number") return { points: judged };
  const seconds = askedSeconds(judged ?? "");
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

/** Longest name that is made of labels, in characters. */
const longestName = 256;

function nameOf({ __name__: name = "", ...labels }: Readonly<Record<string, string>>, i: number): string {
  const told = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
  const whole = told.length > 0 ? `${name}{${told.join(",")}}` : name;
  // Long ones often differ at their end only.
  if (whole.length > longestName) return `${whole.slice(0, longestName - 10)}… (${i + 1})`;
  return whole || `series ${i + 1}`;
}

function isPrometheus(body: unknown): boolean {
  if (typeof body !== "object" || body === null || !("data" in body)) return false;
  return typeof body.data === "object" && body.data !== null && "resultType" in body.data;
}
