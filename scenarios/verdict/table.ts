import type { Row } from "./judge.ts";

const columns = [
  "scenario",
  "detected",
  "cause",
  "verdict",
  "action",
  "healed",
  "stable",
  "seconds",
  "wrongActions",
  "pass",
] as const;

/** The rows as a table for people, with what fell short below it. */
export function table(rows: readonly Row[]): string {
  const cells = [columns.map(String), ...rows.map((row) => columns.map((column) => cell(row[column], row.pass)))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]?.length ?? 0)));
  const lines = cells.map((line) =>
    line
      .map((text, i) => text.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => "-".repeat(width)).join("  "));
  const short = rows.flatMap(({ scenario, shortfalls }) => shortfalls.map((text) => `${scenario}: ${text}`));
  const passed = rows.filter(({ pass }) => pass).length;
  return [...lines, ...(short.length > 0 ? ["", ...short] : []), "", `${passed} of ${rows.length} as expected`].join(
    "\n",
  );
}

function cell(value: string | number | boolean | null, pass: boolean): string {
  if (value === true) return "yes";
  if (value === false) return pass ? "no" : "NO";
  return value === null ? "-" : String(value);
}
