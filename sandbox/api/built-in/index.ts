/** What the API server does to its own kinds before it writes them: defaults and rules. */

import type { KubernetesObject } from "../object.ts";
import { invalid } from "../status-error.ts";
import { withDefaults } from "./defaults.ts";
import { causesAgainst } from "./validation.ts";

export { metadataCauses } from "./validation.ts";

/** Fills in defaults and throws 422 where a rule is broken. */
export function admitBuiltIn(object: KubernetesObject, old: KubernetesObject | undefined): KubernetesObject {
  const filled = withDefaults(object);
  const causes = causesAgainst(filled, old);
  if (causes.length === 0) return filled;
  const [, group] = /^(.+)\//.exec(object.apiVersion) ?? [];
  throw invalid(group === undefined ? object.kind : `${object.kind}.${group}`, object.metadata.name, causes);
}
