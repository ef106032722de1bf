import { durationSeconds } from "@autoheal/lib/runtime";
import * as z from "zod/mini";

/** Most metrics of one question, and most values of all of them together. */
const mostMetrics = 200;
export const mostValues = 1_000_000;

/** Longest duration: with more, times are no numbers any longer. */
const mostSeconds = 100 * 365 * 86_400;

/** A number of a series as JSON has it, or as Prometheus writes it. */
export type Value = number | string | null;

/** Reads a duration that was asked; undefined of what is none. */
export function askedSeconds(text: string): number | undefined {
  const seconds = text.length > 64 ? undefined : durationSeconds(text);
  return seconds !== undefined && seconds <= mostSeconds ? seconds : undefined;
}

/** Where in a list a mistake is, and what was expected there. */
interface Mistake {
  readonly path: readonly number[];
  readonly message: string;
}

/**
 * A list as long as a million, that is looked through by hand, and to the first mistake: a validator that gathers a million of
 * them takes gigabytes. `items` is what the OpenAPI document says of one.
 */
function longList<T>(items: object, mistakeOf: (item: unknown) => Mistake | undefined) {
  const look = (list: unknown): Mistake | undefined => {
    if (!Array.isArray(list)) return { path: [], message: "expected a list" };
    if (list.length > mostValues) return { path: [], message: `expected at most ${mostValues} items` };
    for (const [i, item] of list.entries()) {
      const mistake = mistakeOf(item);
      if (mistake) return { path: [i, ...mistake.path], message: mistake.message };
    }
    return undefined;
  };
  return z.custom<T[]>().check(
    z.check((checked) => {
      const mistake = look(checked.value);
      if (mistake)
        checked.issues.push({ code: "custom", input: undefined, message: mistake.message, path: [...mistake.path] });
    }),
    z.meta({ type: "array", maxItems: mostValues, items }),
  );
}

/** A list of few, whose length is looked at before what is in it. */
function few<T extends z.core.$ZodType>(one: T) {
  const shortEnough = z.transform((list, checked) => {
    const message = `expected 1 to ${mostMetrics} items`;
    if (Array.isArray(list) && (list.length === 0 || list.length > mostMetrics))
      checked.issues.push({ code: "custom", input: undefined, message });
    return list;
  });
  return z.pipe(shortEnough, z.array(one).check(z.minLength(1), z.maxLength(mostMetrics)));
}

const duration = z.string().check(
  z.refine((text) => askedSeconds(text) !== undefined, "expected a duration such as 30s, 5m or 4d"),
  z.describe("A duration as Prometheus writes it: `30s`, `5m`, `1h30m`, `4d`; a hundred years at most."),
);
const count = z.int().check(z.minimum(1), z.maximum(mostValues));
const instant = z
  .union([z.number(), z.iso.datetime({ offset: true })], "expected seconds since the epoch, or an RFC 3339 time")
  .check(z.describe("Seconds since the epoch, or RFC 3339."));
const kind = z
  .enum(["bytes", "seconds", "rate", "ratio", "count", "value"])
  .check(
    z.describe(
      "What the values are; without it, told by the ending of the name (`_bytes`, `_seconds`, `_ratio`, `_total`).",
    ),
  );
const name = z.string().check(z.minLength(1), z.maxLength(256));

/** No more than one way to match: a text of megabytes is refused at once. */
const numberAsText = /^([+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]Inf|NaN)$/;
const value = {
  anyOf: [{ type: "number" }, { type: "string", maxLength: 64, pattern: numberAsText.source }, { type: "null" }],
  description: "A number, a number as text (`NaN`, `+Inf`, `-Inf` too), or null where there was none.",
};
const isValue = (item: unknown): item is Value =>
  item === null ||
  (typeof item === "number" && Number.isFinite(item)) ||
  (typeof item === "string" && item.length <= 64 && numberAsText.test(item));
const expectedValue = { path: [], message: "expected a number, a number as text, or null" };
const mistakeOfValue = (item: unknown) => (isValue(item) ? undefined : expectedValue);

const values = longList<Value>(value, mistakeOfValue);
const pairs = longList<[seconds: number, value: Value]>(
  { type: "array", prefixItems: [{ type: "number" }, value], items: false, minItems: 2 },
  (item) => {
    const isPair = Array.isArray(item) && item.length === 2 && Number.isFinite(item[0]);
    if (!isPair) return { path: [], message: "expected a pair of seconds since the epoch and a value" };
    return isValue(item[1]) ? undefined : { ...expectedValue, path: [1] };
  },
);
const rows = longList<Value[]>({ type: "array", minItems: 1, maxItems: mostMetrics, items: value }, (row) => {
  if (!Array.isArray(row) || row.length === 0 || row.length > mostMetrics)
    return { path: [], message: `expected a list of 1 to ${mostMetrics} values` };
  const odd = row.findIndex((item) => !isValue(item));
  return odd < 0 ? undefined : { ...expectedValue, path: [odd] };
});

/** Kubernetes' own form of names (RFC 1123): nothing that could lead a path or a query elsewhere. */
export const workloadName =
  /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\/([Dd]eployment|[Ss]tateful[Ss]et|[Dd]aemon[Ss]et)\/[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

const workload = z
  .string()
  .check(
    z.regex(workloadName, "expected namespace/kind/name, the kind Deployment, StatefulSet or DaemonSet"),
    z.describe("`namespace/kind/name` of a workload: its metrics are asked of Prometheus, its past of Kubernetes."),
  );

const isLabels = (labels: unknown) =>
  typeof labels === "object" &&
  labels !== null &&
  !Array.isArray(labels) &&
  Object.values(labels).every((text) => typeof text === "string");
const labels = z
  .custom<Record<string, string>>(isLabels, "expected an object of texts")
  .check(z.meta({ type: "object", additionalProperties: { type: "string" } }));

const prometheus = z
  .object({
    status: z.literal("success"),
    data: z.object({
      resultType: z.literal("matrix"),
      result: few(z.object({ metric: labels, values: pairs })),
    }),
  })
  .check(z.describe("Prometheus' answer to a range query, as it is."));

/** The options of the body, which are those of the query too. */
export const options = {
  step: z.optional(duration),
  baseline: z.optional(duration),
  judged: z.optional(
    z
      .union([duration, count], "expected a duration, or a whole number of points from 1 on")
      .check(z.describe("How much of the end is judged: a duration, or a number of points.")),
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
      metrics: few(z.object({ name, kind: z.optional(kind), values })),
    }),
  ),
  prometheus: z.optional(prometheus),
  rows: z.optional(rows),
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
