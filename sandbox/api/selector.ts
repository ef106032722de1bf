import type { KubernetesObject } from "./object.ts";
import { badRequest } from "./status-error.ts";

/** Says whether an object is selected. */
export type Selector = (object: KubernetesObject) => boolean;

type Labels = Record<string, string>;

/** A metav1.LabelSelector: matchLabels and matchExpressions, all of which must hold. */
export interface LabelSelector {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

/** Reads the query parameter labelSelector: a=b, a!=b, a in (b,c), a notin (b,c), a, !a; comma means and. */
export function labelSelector(text: string): (labels: Labels) => boolean {
  const terms = text.split(/,(?![^(]*\))/).filter((term) => term.trim() !== "");
  const tests = terms.map((term) => {
    const set = /^\s*([\w./-]+)\s+(in|notin)\s*\(([^)]*)\)\s*$/.exec(term);
    if (set) return requirement(set[1] ?? "", set[2] === "in" ? "In" : "NotIn", (set[3] ?? "").split(",").map(trim));
    const equal = /^\s*([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)\s*$/.exec(term);
    if (equal) return requirement(equal[1] ?? "", equal[2] === "!=" ? "NotIn" : "In", [equal[3] ?? ""]);
    const exists = /^\s*(!?)\s*([\w./-]+)\s*$/.exec(term);
    if (exists) return requirement(exists[2] ?? "", exists[1] === "!" ? "DoesNotExist" : "Exists", []);
    throw badRequest(`unable to parse requirement: "${term.trim()}" is no label selector`);
  });
  return (labels) => tests.every((test) => test(labels));
}

/** Whether labels match; an empty or missing selector matches nothing (policy/v1 budgets that select no pod). */
export function matchesLabels(selector: LabelSelector | undefined, labels: Labels): boolean {
  const tests = [
    ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => requirement(key, "In", [value])),
    ...(selector?.matchExpressions ?? []).map(({ key, operator, values }) => requirement(key, operator, values ?? [])),
  ];
  return tests.length > 0 && tests.every((test) => test(labels));
}

/** Reads the query parameter fieldSelector for a resource; fields that the real server does not index are refused. */
export function fieldSelector(resource: string, text: string): Selector {
  const tests = text
    .split(",")
    .filter((term) => term !== "")
    .map((term) => {
      const [, path = "", operator, value = ""] = /^([^=!]+)(==|=|!=)(.*)$/.exec(term) ?? [];
      if (operator === undefined) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
      const known = ["metadata.name", "metadata.namespace", ...(FIELDS[resource] ?? [])];
      if (!known.includes(path)) throw badRequest(`field label not supported: ${path}`);
      return (object: KubernetesObject) => (fieldOf(object, path) === value) === (operator !== "!=");
    });
  return (object) => tests.every((test) => test(object));
}

const FIELDS: Record<string, string[]> = {
  pods: ["spec.nodeName", "status.phase"],
  events: [...["kind", "namespace", "name", "uid"].map((field) => `involvedObject.${field}`), "reason", "type"],
};

function fieldOf(object: KubernetesObject, path: string): string {
  let at: unknown = object;
  // Any field may be missing on the way; what is missing selects as the empty string.
  for (const part of path.split(".")) at = (at as Record<string, unknown> | undefined)?.[part];
  return at === undefined ? "" : String(at);
}

function requirement(key: string, operator: string, values: string[]): (labels: Labels) => boolean {
  switch (operator) {
    case "In":
      return (labels) => values.includes(labels[key] ?? "") && key in labels;
    case "NotIn":
      return (labels) => !(key in labels) || !values.includes(labels[key] ?? "");
    case "Exists":
      return (labels) => key in labels;
    case "DoesNotExist":
      return (labels) => !(key in labels);
    default:
      throw badRequest(`"${operator}" is not a valid label selector operator`);
  }
}

const trim = (text: string): string => text.trim();
