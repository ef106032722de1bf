import { scaleDuration } from "./duration.ts";

// What may hold something that looks like a duration comes first: strings, comments, names (rate5m), other numbers (0x1d).
const tokens = new RegExp(
  [
    /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*/,
    /(?<name>[A-Za-z_][\w:]*)/,
    /(?<opening>\[\s*)?(?<duration>(?:\d+(?:ms|[smhdwy]))+)(?!\w)/,
    /0[xX][\da-fA-F]+|\d*\.?\d+(?:[eE][+-]?\d+)?/,
    /[(){}]/,
  ]
    .map((token) => token.source)
    .join("|"),
  "g",
);

/** A PromQL expression with each duration in it (range, offset, subquery) divided by `scale`, but no shorter than 1 s. */
export function scaleExpression(promql: string, scale: number): string {
  return promql.replace(tokens, (token, ...rest) => {
    const { opening = "", duration } = rest.at(-1);
    return duration === undefined ? token : `${opening}${scaleDuration(duration, scale, 1000)}`;
  });
}

/** A range of samples in an expression: of which metric, the function that looks at it, and how long. */
export interface Range {
  metric: string;
  by: string;
  duration: string;
}

/** The ranges of a PromQL expression, subqueries' too, as they stand there. */
export function rangesIn(promql: string): Range[] {
  const ranges: Range[] = [];
  const functions: string[] = [];
  let last = "";
  let inLabels = false;
  for (const { 0: token, groups: { name, opening, duration } = {} } of promql.matchAll(tokens)) {
    if (token === "{" || token === "}") inLabels = token === "{";
    if (token === "(") functions.push(last);
    if (token === ")") functions.pop();
    if (opening !== undefined && duration !== undefined) {
      ranges.push({ metric: last, by: functions.at(-1) ?? "", duration });
    }
    if (name !== undefined && !inLabels) last = name;
  }
  return ranges;
}
