import { Environment } from "@marcbachmann/cel-js";
import type { Cause } from "../status-error.ts";
import type { Json, Schema } from "./schema.ts";

/** Checks a value, and what it was before, against the CEL rules of a schema and of all its parts. */
export type CheckRules = (value: Json, old: Json) => Cause[];

interface Rule {
  rule: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
  fieldPath?: string;
  optionalOldSelf?: boolean;
}

/**
 * Compiles all x-kubernetes-validations of a schema. Throws with the rule's place and text where one is no CEL. The
 * real server also refuses rules by their estimated cost, by fields that no schema declares, and knows more functions.
 */
export function compileRules(schema: Schema, place = "openAPIV3Schema"): CheckRules {
  const own = ((schema["x-kubernetes-validations"] ?? []) as Rule[]).map((rule) => compileRule(schema, rule, place));
  const properties = Object.entries(schema.properties ?? {}).map(
    ([key, property]) => [key, compileRules(property, `${place}.properties[${key}]`)] as const,
  );
  const extra = schema.additionalProperties;
  const ofExtra = typeof extra === "object" ? compileRules(extra, `${place}.additionalProperties`) : undefined;
  const ofItems = schema.items ? compileRules(schema.items, `${place}.items`) : undefined;
  const keys = schema["x-kubernetes-list-type"] === "map" ? (schema["x-kubernetes-list-map-keys"] ?? []) : [];

  return (value, old) => {
    if (value === undefined || value === null) return [];
    const causes = own.flatMap((check) => check(value, old));
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        const before =
          keys.length > 0 ? (old ?? []).find((one: Json) => keys.every((key) => one[key] === item[key])) : undefined;
        causes.push(...under(`[${index}]`, ofItems?.(item, before) ?? []));
      }
    } else if (typeof value === "object") {
      for (const [key, check] of properties) causes.push(...under(key, check(value[key], old?.[key])));
      for (const [key, inner] of Object.entries(value)) {
        if (ofExtra && !schema.properties?.[key]) causes.push(...under(key, ofExtra(inner, old?.[key])));
      }
    }
    return causes;
  };
}

const environment = () =>
  new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false })
    .registerVariable("self", "dyn")
    .registerVariable("oldSelf", "dyn");

function compileRule(schema: Schema, rule: Rule, place: string): CheckRules {
  const compile = (text: string) => {
    try {
      const program = environment().parse(text);
      const { valid, error } = program.check();
      if (!valid) throw error;
      return program;
    } catch (error) {
      const why = error instanceof Error ? error.message.split("\n")[0] : error;
      throw new Error(`${place}.x-kubernetes-validations: "${text}": compilation failed: ${why}`);
    }
  };
  const program = compile(rule.rule);
  const messageProgram = rule.messageExpression === undefined ? undefined : compile(rule.messageExpression);
  const isTransition = /\boldSelf\b/.test(rule.rule);
  const cause = (text: string): Cause => {
    const reason = rule.reason ?? "FieldValueInvalid";
    const field = rule.fieldPath?.replace(/^\./, "") ?? "";
    const says: Record<string, string> = {
      FieldValueForbidden: `Forbidden: ${text}`,
      FieldValueRequired: `Required value: ${text}`,
      FieldValueDuplicate: `Duplicate value: "${schema.type}": ${text}`,
    };
    return { reason, message: says[reason] ?? `Invalid value: "${schema.type}": ${text}`, field };
  };
  return (value, old) => {
    if (isTransition && old === undefined && rule.optionalOldSelf !== true) return [];
    const context = { self: celValue(schema, value), oldSelf: celValue(schema, old) };
    try {
      if (program(context) === true) return [];
    } catch (error) {
      const why = error instanceof Error ? error.message.split("\n")[0] : error;
      return [cause(`rule: ${rule.rule}: evaluation failed: ${why}`)];
    }
    const said = messageProgram === undefined ? rule.message : String(messageProgram(context));
    return [cause(said ?? `failed rule: ${rule.rule}`)];
  };
}

// JSON in CEL's types: integers as int, dates as timestamp, and words that CEL reserves as __word__.
function celValue(schema: Schema, value: Json): Json {
  if (typeof value === "number") {
    const isInt = schema.type === "integer" || (schema["x-kubernetes-int-or-string"] && Number.isInteger(value));
    return isInt ? BigInt(value) : value;
  }
  if (typeof value === "string") {
    return schema.format === "date-time" || schema.format === "datetime" ? new Date(value) : value;
  }
  if (Array.isArray(value)) return value.map((item) => celValue(schema.items ?? {}, item));
  if (typeof value !== "object" || value === null) return value;
  const extra = typeof schema.additionalProperties === "object" ? schema.additionalProperties : {};
  const entries = Object.entries(value).map(([key, inner]) => {
    const property = schema.properties?.[key];
    return [property === undefined ? key : escaped(key), celValue(property ?? extra, inner)];
  });
  return Object.fromEntries(entries);
}

// kubernetes.io, "Validation rules": the CEL keywords of a property's name.
const RESERVED = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(
    " ",
  ),
);
const escaped = (key: string): string =>
  RESERVED.has(key)
    ? `__${key}__`
    : key
        .replaceAll("__", "__underscores__")
        .replaceAll(".", "__dot__")
        .replaceAll("-", "__dash__")
        .replaceAll("/", "__slash__");

const under = (part: string, causes: Cause[]): Cause[] =>
  causes.map((cause) => {
    const { field } = cause;
    const joined = field === "" ? part : field.startsWith("[") ? `${part}${field}` : `${part}.${field}`;
    return { ...cause, field: joined };
  });
