import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { Cause } from "../status-error.ts";

// biome-ignore lint/suspicious/noExplicitAny: a schema says what the values are; until then they are any JSON.
export type Json = any;

/** A structural schema, apiextensions.k8s.io/v1 JSONSchemaProps, as far as the sandbox reads it. */
export interface Schema {
  type?: string;
  format?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  default?: Json;
  nullable?: boolean;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
  "x-kubernetes-int-or-string"?: boolean;
  "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  "x-kubernetes-list-map-keys"?: string[];
  "x-kubernetes-validations"?: { rule: string; [key: string]: unknown }[];
  [keyword: string]: unknown;
}

/** Leaves out fields that the schema does not know, and fills in defaults (a null where none is allowed included). */
export function pruneAndDefault(schema: Schema, value: Json): Json {
  if (Array.isArray(value))
    return schema.items ? value.map((item) => pruneAndDefault(schema.items ?? {}, item)) : value;
  if (typeof value !== "object" || value === null) return value;
  const properties = schema.properties ?? {};
  const result: Record<string, Json> = {};
  for (const [key, inner] of Object.entries(value)) {
    const known = properties[key] ?? (schema.additionalProperties === true ? {} : schema.additionalProperties);
    if (known) result[key] = pruneAndDefault(known, inner);
    else if (schema["x-kubernetes-preserve-unknown-fields"]) result[key] = inner;
  }
  for (const [key, property] of Object.entries(properties)) {
    const isMissing = result[key] === undefined || (result[key] === null && property.nullable !== true);
    if (isMissing && property.default !== undefined) result[key] = pruneAndDefault(property, property.default);
  }
  return result;
}

/** Compiles a schema; the function returns the causes that the real server would give, none when the value fits. */
export function compileSchema(schema: Schema): (value: Json) => Cause[] {
  const ajv = new Ajv({ allErrors: true, strict: false, verbose: true, logger: false, formats: FORMATS });
  const check: ValidateFunction = ajv.compile(jsonSchemaOf(schema));
  return (value) => [...(check(value) ? [] : causesOf(check.errors ?? [])), ...duplicates(schema, value, "")];
}

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
const FORMATS = {
  "date-time": (text: string) => DATE_TIME.test(text) && !Number.isNaN(Date.parse(text)),
  duration: /^\d|^-?P/,
};

function jsonSchemaOf(schema: Schema): object {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema))
    if (!key.startsWith("x-") && key !== "default") result[key] = value;
  if (schema["x-kubernetes-int-or-string"]) result.type = ["integer", "string"];
  if (schema.properties) {
    const inner = Object.entries(schema.properties).map(([key, property]) => [key, jsonSchemaOf(property)]);
    result.properties = Object.fromEntries(inner);
  }
  if (typeof schema.additionalProperties === "object") {
    result.additionalProperties = jsonSchemaOf(schema.additionalProperties);
  }
  if (schema.items) result.items = jsonSchemaOf(schema.items);
  return result;
}

function causesOf(errors: ErrorObject[]): Cause[] {
  return errors.map((error) => {
    const at = fieldOf(error.instancePath);
    const value = typeof error.data === "object" ? `"${typeName(error.data)}"` : JSON.stringify(error.data);
    const { limit, missingProperty, type, allowedValues, pattern, format } = error.params;
    const invalid = (message: string) => ({
      reason: "FieldValueInvalid",
      message: `Invalid value: ${message}`,
      field: at,
    });
    switch (error.keyword) {
      case "required": {
        const field = at === "" ? missingProperty : `${at}.${missingProperty}`;
        return { reason: "FieldValueRequired", message: "Required value", field };
      }
      case "type": {
        const wanted = Array.isArray(type) ? type.join(",") : type;
        const message = `Invalid value: "${typeName(error.data)}": ${at} in body must be of type ${wanted}: "${typeName(error.data)}"`;
        return { reason: "FieldValueTypeInvalid", message, field: at };
      }
      case "enum": {
        const supported = allowedValues.map((one: unknown) => JSON.stringify(String(one))).join(", ");
        const message = `Unsupported value: ${value}: supported values: ${supported}`;
        return { reason: "FieldValueNotSupported", message, field: at };
      }
      case "minimum":
        return invalid(`${value}: ${at} in body should be greater than or equal to ${limit}`);
      case "maximum":
        return invalid(`${value}: ${at} in body should be less than or equal to ${limit}`);
      case "minLength":
        return invalid(`${value}: ${at} in body should be at least ${limit} chars long`);
      case "pattern":
        return invalid(`${value}: ${at} in body should match '${pattern}'`);
      case "format":
        return invalid(`${value}: ${at} in body must be of type ${format}: ${value}`);
      case "maxLength":
        return { reason: "FieldValueTooLong", message: `Too long: may not be more than ${limit} bytes`, field: at };
      case "maxItems": {
        const message = `Too many: ${Array.isArray(error.data) ? error.data.length : ""}: must have at most ${limit} items`;
        return { reason: "FieldValueTooMany", message, field: at };
      }
      default:
        return invalid(`${value}: ${at} in body ${error.message}`);
    }
  });
}

function duplicates(schema: Schema, value: Json, path: string): Cause[] {
  if (Array.isArray(value)) {
    const keys = schema["x-kubernetes-list-map-keys"] ?? [];
    const kind = schema["x-kubernetes-list-type"];
    const seen = new Set<string>();
    const own = value.flatMap((item, index) => {
      if (kind !== "set" && kind !== "map") return [];
      const identity = JSON.stringify(kind === "set" ? item : keys.map((key) => item?.[key]));
      const isFirst = !seen.has(identity);
      seen.add(identity);
      return isFirst
        ? []
        : [{ reason: "FieldValueDuplicate", message: `Duplicate value: ${identity}`, field: `${path}[${index}]` }];
    });
    return [...own, ...value.flatMap((item, index) => duplicates(schema.items ?? {}, item, `${path}[${index}]`))];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const known = schema.properties?.[key] ?? schema.additionalProperties;
    return typeof known === "object" ? duplicates(known, inner, path === "" ? key : `${path}.${key}`) : [];
  });
}

/** A JSON pointer as the API server names fields: spec.alerts[0].name. */
function fieldOf(pointer: string): string {
  const parts = pointer.split("/").slice(1);
  return parts
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : path === "" ? part : `${path}.${part}`), "");
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value === "number" ? (Number.isInteger(value) ? "integer" : "number") : typeof value;
}
