/** Kinds that CustomResourceDefinitions declare: their schemas, defaults and CEL rules. */
import type { Kind } from "../kinds.ts";
import type { KubernetesObject } from "../object.ts";
import { type Cause, invalid, type StatusError } from "../status-error.ts";
import type { Store } from "../store.ts";
import { copy } from "../written-object.ts";
import { compileRules, hasRules } from "./rules.ts";
import { compileSchema, type Schema } from "./schema.ts";

interface Definition {
  metadata: { name: string };
  spec: {
    group: string;
    scope: "Namespaced" | "Cluster";
    names: { plural: string; singular?: string; kind: string; shortNames?: string[] };
    versions: {
      name: string;
      served: boolean;
      storage: boolean;
      schema?: { openAPIV3Schema?: Schema };
      subresources?: { status?: object; scale?: object };
    }[];
  };
}

const DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";

/** Makes the store serve the kind of each CustomResourceDefinition that is written to it, at once. */
export function serveDefinitions(store: Store): void {
  const own = store.kinds().find((kind) => kind.resource === DEFINITIONS);
  if (own === undefined) return;
  const kinds = new Map<string, Kind>();
  store.serve({
    ...own,
    admit: (object) => {
      const definition = object as unknown as Definition; // kindOf refuses what is no definition
      const kind = kindOf(definition);
      kinds.set(definition.metadata.name, kind);
      const established = ["NamesAccepted", "Established"].map((type) => ({ type, status: "True", reason: type }));
      const storedVersions = [kind.version];
      return { ...object, status: { acceptedNames: definition.spec.names, conditions: established, storedVersions } };
    },
  });
  store.watch<KubernetesObject>(DEFINITIONS, ({ type, object }) => {
    const kind = kinds.get(object.metadata.name);
    if (type === "DELETED") store.unserve(object.metadata.name);
    else if (kind !== undefined) store.serve(kind);
  });
}

function kindOf({ metadata, spec }: Definition): Kind {
  const refuse = (message: string, field: string) =>
    invalid("CustomResourceDefinition.apiextensions.k8s.io", metadata.name, [
      { reason: "FieldValueInvalid", message, field },
    ]);
  const version = spec?.versions?.find((one) => one.storage && one.served);
  if (version === undefined) throw refuse("the sandbox serves the storage version only", "spec.versions");
  const { plural, kind, singular = kind.toLowerCase(), shortNames = [] } = spec.names;
  if (metadata.name !== `${plural}.${spec.group}`) {
    throw refuse(`Invalid value: "${metadata.name}": must be spec.names.plural+"."+spec.group`, "metadata.name");
  }
  const schema = version.schema?.openAPIV3Schema;
  if (schema?.type !== "object") throw refuse("Required value: schemas are required", "spec.versions[0].schema");
  if (version.subresources?.scale)
    throw refuse("the sandbox does not serve /scale of custom resources", "spec.versions");
  const status = version.subresources?.status !== undefined;
  return {
    resource: metadata.name,
    group: spec.group,
    version: version.name,
    plural,
    singular,
    kind,
    namespaced: spec.scope === "Namespaced",
    status,
    scale: false,
    builtIn: false,
    generation: true,
    shortNames,
    admit: admission(`${kind}.${spec.group}`, schema, (message) => refuse(message, "spec.versions[0].schema")),
  };
}

// Rules see a value of the right shape only, and the server says where it left them out (hasBlockingErr of its strategy).
const BLOCKING = new Set([
  "FieldValueNotSupported",
  "FieldValueRequired",
  "FieldValueTooLong",
  "FieldValueTooMany",
  "FieldValueTypeInvalid",
]);
const UNCHECKED: Cause = {
  reason: "FieldValueInvalid",
  message:
    'Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
  field: "<nil>",
};

function admission(kind: string, given: Schema, refuse: (message: string) => StatusError): NonNullable<Kind["admit"]> {
  // The server itself knows these three, whatever the schema says of them.
  const { apiVersion: _a, kind: _k, metadata: _m, ...properties } = given.properties ?? {};
  const schema: Schema = { ...given, properties };
  let check: (value: unknown) => Cause[];
  let rules: ReturnType<typeof compileRules>;
  const unchecked = hasRules(schema) ? [UNCHECKED] : [];
  try {
    check = compileSchema(schema);
    rules = compileRules(schema);
  } catch (error) {
    throw refuse(`Invalid value: ${error instanceof Error ? error.message : error}`);
  }
  return ({ apiVersion, kind: kindName, metadata, ...given }, old) => {
    const body = copy(given);
    const broken = check(body);
    const object: KubernetesObject = { apiVersion, kind: kindName, metadata, ...body };
    const isShapeless = broken.some(({ reason }) => BLOCKING.has(reason));
    const causes = [...broken, ...(isShapeless ? unchecked : rules(object, old))];
    if (causes.length > 0) throw invalid(kind, metadata.name, causes);
    return object;
  };
}
