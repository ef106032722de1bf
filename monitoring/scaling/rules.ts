import { isMap, parseDocument, type YAMLMap } from "yaml";
import { formatDuration, longestRange, parseDuration, scaleDuration, scaleExpression, scaleRange } from "./duration.ts";
import type { Pace } from "./pace.ts";

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

function scaleRule(rule: YAMLMap, pace: Pace): void {
  const range = longestRange(String(rule.get("expr") ?? ""));
  change(rule, "for", (duration) => scaleFor(duration, range, pace));
  change(rule, "keep_firing_for", (duration) => scaleDuration(duration, pace.timeScale));
  change(rule, "expr", (promql) => scaleExpression(promql, pace));
}

/**
 * How long an alert is pending. Where that is longer than the rule looks back, so that a short blip is out of sight before
 * the alert fires, it stays so: it grows by what the range is longer than divided.
 */
function scaleFor(duration: string, rangeMs: number, pace: Pace): string {
  const pendingMs = parseDuration(duration);
  const scaledMs = Math.round(pendingMs / pace.timeScale);
  if (rangeMs === 0 || pendingMs <= rangeMs) return formatDuration(scaledMs);
  const scaledRangeMs = parseDuration(scaleRange(formatDuration(rangeMs), pace));
  return formatDuration(scaledMs + scaledRangeMs - Math.round(rangeMs / pace.timeScale));
}

function mapsIn(list: unknown): YAMLMap[] {
  const { items = [] } = (list ?? {}) as { items?: unknown[] }; // reason: a sequence of a parsed document, or nothing
  return items.filter(isMap);
}

function change(map: YAMLMap, key: string, scaled: (value: string) => string): void {
  const node = map.get(key, true) as { value?: unknown } | undefined; // reason: all of these are scalars
  if (node !== undefined && node.value !== null) node.value = scaled(String(node.value));
}
