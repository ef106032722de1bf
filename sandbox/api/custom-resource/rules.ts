import { Environment } from "@marcbachmann/cel-js";
import type { Cause } from "../status-error.ts";
import type { Json, Schema } from "./schema.ts";

/** Checks a value, and what it was before, against the CEL rules of a schema and of all its parts. */
export type CheckRules = (value: Json, old: Json) => Cause[];

/** The fields of a rule that the sandbox serves. */
interface Rule {
  rule: string;
  message?: string;
  reason?: string;
  fieldPath?: string;
}

const SERVED = ["rule", "message", "reason", "fieldPath"];

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

  return (value, old) => {
    if (value === undefined || value === null) return [];
    const causes = own.flatMap((check) => check(value, old));
    if (Array.isArray(value)) {
      // Without a key no item has a former self, so that transition rules don't hold in lists.
      for (const [index, item] of value.entries()) causes.push(...under(`[${index}]`, ofItems?.(item, undefined)));
    } else if (typeof value === "object") {
      for (const [key, check] of properties) causes.push(...under(key, check(value[key], old?.[key])));
      for (const [key, inner] of Object.entries(value)) {
        if (!schema.properties?.[key]) causes.push(...under(key, ofExtra?.(inner, old?.[key])));
      }
    }
    return causes;
  };
}

/** Whether a schema or any of its parts has a rule. */
export function hasRules({ properties = {}, additionalProperties, items, ...schema }: Schema): boolean {
  const parts = [...Object.values(properties), additionalProperties, items].filter((part) => typeof part === "object");
  return schema["x-kubernetes-validations"] !== undefined || parts.some(hasRules);
}

function compileRule(schema: Schema, rule: Rule, place: string): CheckRules {
  const fail = (why: unknown): never => {
    const [line] = (why instanceof Error ? why.message : String(why)).split("\n");
    throw new Error(`${place}.x-kubernetes-validations: "${rule.rule}": ${line}`);
  };
  const unserved = Object.keys(rule).find((key) => !SERVED.includes(key));
  if (unserved !== undefined) fail(`the sandbox does not serve ${unserved}`);
  const program = parse(rule.rule, fail);
  const isTransition = /\boldSelf\b/.test(rule.rule);
  const cause = (text: string): Cause => {
    const reason = rule.reason ?? "FieldValueInvalid";
    const word = reason === "FieldValueForbidden" ? "Forbidden" : `Invalid value: "${schema.type}"`;
    return { reason, message: `${word}: ${text}`, field: rule.fieldPath?.replace(/^\./, "") ?? "" };
  };
  return (value, old) => {
    if (isTransition && old === undefined) return [];
    try {
      if (program({ self: celValue(schema, value), oldSelf: celValue(schema, old) }) === true) return [];
    } catch (error) {
      const why = error instanceof Error ? error.message.split("\n")[0] : error;
      return [cause(`rule: ${rule.rule}: evaluation failed: ${why}`)];
    }
    return [cause(rule.message ?? `failed rule: ${rule.rule}`)];
  };
}

function parse(rule: string, fail: (why: unknown) => never) {
  try {
    const program = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false })
      .registerVariable("self", "dyn")
      .registerVariable("oldSelf", "dyn")
      .parse(rule);
    const { valid, error } = program.check();
    return valid ? program : fail(error);
  } catch (error) {
    return fail(error);
  }
}

/** JSON in CEL's types, where integers are another type than other numbers; dates stay texts here. */
function celValue(schema: Schema, value: Json): Json {
  if (typeof value === "number") return schema.type === "integer" ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((item) => celValue(schema.items ?? {}, item));
  if (typeof value !== "object" || value === null) return value;
  const extra = typeof schema.additionalProperties === "object" ? schema.additionalProperties : {};
  const entries = Object.entries(value).map(([key, inner]) => [
    key,
    celValue(schema.properties?.[key] ?? extra, inner),
  ]);
  return Object.fromEntries(entries);
}

const under = (part: string, causes: Cause[] = []): Cause[] =>
  causes.map((cause) => {
    const { field } = cause;
    const joined = field === "" ? part : field.startsWith("[") ? `${part}${field}` : `${part}.${field}`;
    return { ...cause, field: joined };
  });
