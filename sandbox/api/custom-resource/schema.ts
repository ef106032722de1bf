import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { Cause } from "../status-error.ts";

// biome-ignore lint/suspicious/noExplicitAny: a schema says what the values are; until then they are any JSON.
export type Json = any;

/** A structural schema, apiextensions.k8s.io/v1 JSONSchemaProps, as far as the sandbox reads it. */
export interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  "x-kubernetes-validations"?: { rule: string; [key: string]: unknown }[];
  [keyword: string]: unknown;
}

/**
 * Compiles a schema. The function leaves out of the value what the schema does not know, fills in defaults, and returns
 * the causes for which the real server would refuse it: none when it fits.
 */
export function compileSchema(schema: Schema): (value: Json) => Cause[] {
  const ajv = new Ajv({
    allErrors: true,
    strict: false,
    verbose: true,
    logger: false,
    useDefaults: true,
    removeAdditional: true,
    formats: { "date-time": (text: string) => DATE_TIME.test(text) && !Number.isNaN(Date.parse(text)) },
  });
  const check: ValidateFunction = ajv.compile(jsonSchemaOf(schema));
  return (value) => (check(value) ? [] : (check.errors ?? []).map(causeOf));
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

// The same schema in JSON Schema's words: an object has no other fields than those that it declares.
function jsonSchemaOf(schema: Schema): object {
  const unserved = Object.keys(schema).find((key) => key.startsWith("x-") && key !== "x-kubernetes-validations");
  if (unserved !== undefined) throw new Error(`the sandbox does not serve ${unserved} in a schema`);
  const { properties = {}, additionalProperties = false, items, ...rest } = schema;
  if (schema.type === "array") return { ...rest, ...(items ? { items: jsonSchemaOf(items) } : {}) };
  if (schema.type !== "object") return rest;
  return {
    ...rest,
    properties: Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, jsonSchemaOf(inner)])),
    additionalProperties:
      typeof additionalProperties === "object" ? jsonSchemaOf(additionalProperties) : additionalProperties,
  };
}

const REASONS: Record<string, string> = {
  required: "FieldValueRequired",
  type: "FieldValueTypeInvalid",
  enum: "FieldValueNotSupported",
  maxLength: "FieldValueTooLong",
  maxItems: "FieldValueTooMany",
};

function causeOf({ instancePath, keyword, params, data, message = "" }: ErrorObject): Cause {
  const at = fieldOf(instancePath);
  const reason = REASONS[keyword] ?? "FieldValueInvalid";
  if (keyword === "required") {
    const field = at === "" ? params.missingProperty : `${at}.${params.missingProperty}`;
    return { reason, message: "Required value", field };
  }
  const why = message
    .replace("must be >=", "should be greater than or equal to")
    .replace("must be <=", "should be less than or equal to");
  return { reason, message: `Invalid value: ${JSON.stringify(data)}: ${at} in body ${why}`, field: at };
}

/** A JSON pointer as the API server names fields: spec.alerts[0].name. */
function fieldOf(pointer: string): string {
  const parts = pointer.split("/").slice(1);
  return parts
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === "" ? part : `${path}.${part}`), "");
}
