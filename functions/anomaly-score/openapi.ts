import * as z from "zod/mini";
import { requestSchema } from "./request-schema.ts";

/** A JSON Schema, or a part of one. */
type Schema = Readonly<Record<string, unknown>>;

const number: Schema = { type: "number" };
const whole: Schema = { type: "integer" };
const text: Schema = { type: "string" };
const flag: Schema = { type: "boolean" };
const listOf = (items: Schema): Schema => ({ type: "array", items });
/** An object with these properties and no others; those that end with `?` may be left out. */
const object = (properties: Record<string, Schema>): Schema => ({
  type: "object",
  additionalProperties: false,
  required: Object.keys(properties).filter((name) => !name.endsWith("?")),
  properties: Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name.replace(/\?$/, ""), schema])),
});
const told = (description: string, schema: Schema): Schema => ({ ...schema, description });
const share = { type: "number", minimum: 0, maximum: 1 };
/** What is no number has no form in JSON. */
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: "null" }] });
const epoch = told("Seconds since the epoch.", number);
const span = object({ fromSeconds: epoch, toSeconds: epoch });
const against = ["level", "last-hour", "trend", "step", "spread", "time-of-day", "relation"];

const always = {
  "workload?": told("`namespace/kind/name`, where one was asked for.", text),
  notes: told("What was found on the way: gaps, doubles, warnings of Prometheus.", listOf(text)),
  breaches: told(
    "Hard limits that the judged points broke.",
    listOf(object({ limit: { type: "object" }, value: number, atSeconds: epoch, text })),
  ),
  baseline: told(
    "What the judged points were compared with.",
    object({
      points: whole,
      missing: share,
      method: { enum: ["channels", "channels-without-hours", "robust-z", "none"] },
      leftOut: listOf(text),
      thinned: whole,
    }),
  ),
  repeat: told(
    "With these and the same samples the answer is the same, bit for bit.",
    object({
      seed: text,
      engine: { enum: ["own", "ml-isolation-forest"] },
      methodVersion: whole,
      configDigest: text,
      questionDigest: text,
      startSeconds: epoch,
      stepSeconds: number,
      judgedFrom: told("Index of the first judged point.", whole),
      cuts: told("What of the baseline was left out: incidents and rollouts.", listOf(span)),
    }),
  ),
};

const reasons = told(
  "At most three, the weightiest first; empty where nothing is odd.",
  listOf(
    object({
      metric: text,
      against: { enum: against },
      size: told("Robust standard deviations; above zero is higher than usual.", number),
      level: told("From its usual level, in the same unit, whatever it is compared with.", number),
      value: told("As it was measured; null where it was not.", orNull(number)),
      atSeconds: epoch,
      text: told("`p99 latency is 8.2 robust sd above this hour's usual`", text),
    }),
  ),
);

const judgement = object({
  ...always,
  verdict: { enum: ["NORMAL", "ANOMALOUS"] },
  score: told(
    "The highest of the judged points: .5 is the threshold; null where nothing is known of them.",
    orNull(share),
  ),
  p: told("How often the baseline has a point as odd as that one.", orNull(share)),
  atSeconds: told("When that point was.", number),
  now: told("The last judged point.", object({ score: orNull(share), p: orNull(share), alarm: flag })),
  threshold: object({
    budget: told("So many false alarms in so many seconds.", object({ falseAlarms: number, perSeconds: number })),
    p: share,
    points: told("So many points of the last `of` have to be beyond it.", whole),
    of: whole,
  }),
  reasons,
  alarms: told(
    "In the judged points, oldest first, each by its oddest point; one that goes on ends at the end.",
    listOf(object({ fromSeconds: epoch, toSeconds: epoch, p: orNull(share), score: orNull(share), reasons })),
  ),
  drift: told(
    "Whether the baseline itself moved.",
    object({ drifted: flag, metrics: listOf(object({ metric: text, size: number })), "text?": text }),
  ),
  "points?": told(
    "Each judged point, where `points` was asked for; null where nothing was known.",
    object({
      startSeconds: epoch,
      stepSeconds: number,
      p: listOf(orNull(share)),
      score: listOf(orNull(share)),
      alarm: listOf(flag),
    }),
  ),
});

const tooLittle = object({
  ...always,
  verdict: { const: "INSUFFICIENT_DATA" },
  why: { enum: ["NoMetrics", "NothingToJudge", "TooFewPoints", "TooManyMissing", "TooLarge"] },
  message: text,
});

const problem = object({ error: text, "at?": told("Where, and what was expected.", listOf(text)) });
const refused = (description: string) => ({
  description,
  content: { "application/json": { schema: { $ref: "#/components/schemas/Problem" } } },
});

const responses = {
  200: {
    description: "Judged, or too little to judge by.",
    content: { "application/json": { schema: { $ref: "#/components/schemas/Answer" } } },
  },
  400: refused("The question can't be understood, or not be answered as it is; `at` says where."),
  401: refused("A bearer token is needed."),
  404: refused("There is no such workload."),
  413: refused("The body is too large."),
  415: refused("Expected application/json."),
  429: refused("Too many requests of this caller; `Retry-After` says when."),
  503: refused("Prometheus or Kubernetes is away; try again."),
};

/** The OpenAPI document of the endpoint; its request is the schema that requests are checked with. */
export function openApi(): object {
  // The dialect is OpenAPI's own.
  const { $schema: _, ...request } = z.toJSONSchema(requestSchema, { io: "input", unrepresentable: "any" });
  const properties = (request.properties ?? {}) as Record<string, Schema>; // reason: a strict object has them
  const inQuery = ["workload", "step", "baseline", "judged", "at", "seed", "budget", "engine", "points"];
  return {
    openapi: "3.1.0",
    info: {
      title: "AutoHeal anomaly-score",
      version: "1",
      description: "Scores how unlike itself a workload, or any series, is.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    security: [{ bearer: [] }],
    paths: {
      "/score": {
        get: {
          operationId: "scoreWorkload",
          summary: "Scores a workload",
          parameters: inQuery.map((name) => ({
            name,
            in: "query",
            required: name === "workload",
            schema: properties[name],
          })),
          responses,
        },
        post: {
          operationId: "score",
          summary: "Scores a workload, series, columns, rows, or Prometheus' answer as it is",
          requestBody: {
            required: true,
            content: {
              "application/json": {
                schema: {
                  anyOf: [{ $ref: "#/components/schemas/Question" }, properties.prometheus ?? {}],
                },
              },
            },
          },
          responses,
        },
      },
    },
    components: {
      securitySchemes: { bearer: { type: "http", scheme: "bearer" } },
      schemas: {
        Question: request,
        Answer: { anyOf: [judgement, tooLittle] },
        Problem: problem,
      },
    },
  };
}
