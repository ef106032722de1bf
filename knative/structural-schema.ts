/** A JSON Schema node, as far as zod writes and Kubernetes reads it. */
export interface JsonSchema {
  [key: string]: unknown;
  type?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  oneOf?: JsonSchema[];
  additionalProperties?: JsonSchema | boolean;
}

/** What Kubernetes' structural schemas do not know, or the type says already. */
const dropped = new Set(["$schema", "propertyNames", "const", "oneOf", "pattern"]);

/**
 * Makes a schema of zod structural (kubernetes.io, "Specifying a structural schema"): `const` becomes an `enum` of
 * one; a union of objects becomes one object with all their properties and a CEL rule for each variant.
 */
export function structural(schema: JsonSchema): JsonSchema {
  if (schema.oneOf) return union(schema.oneOf);
  const result: JsonSchema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "additionalProperties" && value === false) continue;
    if (!dropped.has(key) || (key === "pattern" && schema.format === undefined)) result[key] = value;
  }
  if (schema.const !== undefined) result.enum = [schema.const];
  if (result.minimum === Number.MIN_SAFE_INTEGER) delete result.minimum;
  if (result.maximum === Number.MAX_SAFE_INTEGER) delete result.maximum;
  if (schema.properties) result.properties = mapped(schema.properties);
  if (schema.items) result.items = structural(schema.items);
  if (typeof schema.additionalProperties === "object")
    result.additionalProperties = structural(schema.additionalProperties);
  return result;
}

function mapped(properties: Record<string, JsonSchema>): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, structural(schema)]));
}

/** All variants are told apart by the one property that is a `const` in each. */
function union(variants: JsonSchema[]): JsonSchema {
  const [first] = variants;
  const tag = Object.entries(first?.properties ?? {}).find(([, schema]) => schema.const !== undefined)?.[0];
  if (!tag) throw new Error("a union needs a property that is a literal in each variant");
  const properties: Record<string, JsonSchema> = {};
  for (const [name, schema] of variants.flatMap((variant) => Object.entries(mapped(variant.properties ?? {})))) {
    const same = properties[name];
    if (name !== tag && same && JSON.stringify(same) !== JSON.stringify(schema)) {
      throw new Error(`${name} has to be the same in each variant that has it`);
    }
    properties[name] = schema;
  }
  properties[tag] = { type: "string", enum: variants.map((variant) => variant.properties?.[tag]?.const) };
  return {
    type: "object",
    properties,
    required: [tag],
    "x-kubernetes-validations": variants.map((variant) => {
      const value = variant.properties?.[tag]?.const;
      const needed = (variant.required ?? []).filter((name) => name !== tag);
      const has = needed.map((name) => `has(self.${name})`).join(" && ") || "true";
      return {
        rule: `self.${tag} != '${value}' || (${has})`,
        message: `${value} needs ${needed.join(", ") || "nothing else"}`,
      };
    }),
  };
}
