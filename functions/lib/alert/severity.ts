import type { Alert } from "./alert.ts";

/** The severities of kubernetes-mixin's rules, lowest first; Triggers and routes filter on them. */
export const severities = ["none", "info", "warning", "critical"] as const;

/** One of the closed list of severities. */
export type Severity = (typeof severities)[number];

/** Other teams' words for the same. */
const synonyms: Readonly<Record<string, Severity>> = {
  page: "critical",
  emergency: "critical",
  fatal: "critical",
  high: "critical",
  error: "warning",
  ticket: "warning",
  low: "info",
};

/** The severity of an alert's label `severity`: `none` without one, `warning` for a word that nobody knows. */
export function severityOf(labels: Readonly<Record<string, string>>): Severity {
  const named = labels.severity?.toLowerCase();
  if (!named) return "none";
  const known = severities.find((severity) => severity === named);
  return known ?? (Object.hasOwn(synonyms, named) ? synonyms[named] : undefined) ?? "warning";
}

/** The highest severity among alerts. */
export function highestSeverity(alerts: readonly Pick<Alert, "labels">[]): Severity {
  const ranks = alerts.map((alert) => severities.indexOf(severityOf(alert.labels)));
  return severities[Math.max(0, ...ranks)] ?? "none";
}
