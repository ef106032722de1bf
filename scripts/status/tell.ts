import type { Part, Status } from "./look.ts";

/** The status as text for people, one section per subject. */
export function tell(status: Status): string {
  const { functions, brokers, triggers, sources, namespaces, incidents, pauses, unwell } = status;
  const running = (pods: number) => (pods === 0 ? "asleep" : `${pods} running`);
  return [
    section(
      "Functions",
      functions.map((one) => [mark(one), one.name, running(one.pods), one.url]),
    ),
    section(
      "Brokers",
      brokers.map((one) => [mark(one), one.name]),
    ),
    section(
      "Triggers",
      triggers.map((one) => [mark(one), one.name]),
    ),
    section(
      "Sources",
      sources.map((one) => [mark(one), one.name]),
    ),
    section(
      "Enabled namespaces",
      namespaces.map(({ name, mode }) => [" ", name, mode]),
    ),
    section(
      "Open incidents",
      incidents.map((one) => [
        " ",
        `${one.namespace}/${one.name}`,
        one.phase,
        one.hold || one.cause,
        `since ${one.since}`,
      ]),
    ),
    section(
      "Pauses",
      pauses.map(({ what, reason, by }) => [" ", what, reason, `by ${by}`]),
    ),
    section(
      "Not well",
      unwell.map((line) => ["✗", line]),
    ),
  ].join("\n");
}

const mark = ({ ready }: Part): string => (ready ? "✓" : "✗");

function section(title: string, rows: readonly string[][]): string {
  if (rows.length === 0) return `${title}\n  none\n`;
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, at) => Math.max(all[at] ?? 0, cell.length)), []);
  const lines = rows.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd());
  return `${title}\n${lines.join("\n")}\n`;
}
