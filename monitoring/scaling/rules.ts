import { isMap, parseDocument, type YAMLMap } from "yaml";
import { scaleDuration } from "./duration.ts";
import { scaleExpression } from "./expression.ts";
import { type Pace, scaleOf } from "./pace.ts";

/** A Prometheus rules file at another pace, and otherwise as it was. Throws on what is no YAML. */
export function scaleRules(yaml: string, pace: Pace): string {
  const document = parseDocument(yaml);
  if (document.errors[0] !== undefined) throw document.errors[0];
  for (const group of mapsIn(document.get("groups"))) {
    change(group, "interval", (duration) => scaleDuration(duration, pace.timeScale, 1000));
    for (const rule of mapsIn(group.get("rules"))) scaleRule(rule, pace);
  }
  return document.toString({ lineWidth: 0 });
}

/** A rule is scaled as a whole: an alert that waits longer than it looks back, so that a blip never fires, still does. */
function scaleRule(rule: YAMLMap, pace: Pace): void {
  const scale = scaleOf(String(rule.get("expr") ?? ""), pace);
  change(rule, "for", (duration) => scaleDuration(duration, scale));
  change(rule, "keep_firing_for", (duration) => scaleDuration(duration, scale));
  change(rule, "expr", (promql) => scaleExpression(promql, scale));
}

function mapsIn(list: unknown): YAMLMap[] {
  const { items = [] } = (list ?? {}) as { items?: unknown[] }; // reason: a sequence of a parsed document, or nothing
  return items.filter(isMap);
}

function change(map: YAMLMap, key: string, scaled: (value: string) => string): void {
  const node = map.get(key, true) as { value?: unknown } | undefined; // reason: all of these are scalars
  if (node !== undefined && node.value !== null) node.value = scaled(String(node.value));
}
