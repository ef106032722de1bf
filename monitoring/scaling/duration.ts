import type { Pace } from "./pace.ts";

const unitMilliseconds: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** Milliseconds of a duration as Prometheus and Alertmanager write it: `1h30m`, `500ms`, `0`. */
export function parseDuration(text: string): number {
  if (text === "0") return 0;
  if (!/^(\d+(ms|[smhdwy]))+$/.test(text)) throw new Error(`"${text}" is no Prometheus duration, such as 5m or 1h30m`);
  return [...text.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unitMilliseconds[unit ?? ""] ?? Number.NaN),
    0,
  );
}

/** Milliseconds as Prometheus writes them. */
export function formatDuration(milliseconds: number): string {
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}

/** A duration divided by `timeScale`, to the millisecond, and at least `atLeastMilliseconds` long. */
export function scaleDuration(text: string, timeScale: number, atLeastMilliseconds = 0): string {
  return formatDuration(Math.max(atLeastMilliseconds, Math.round(parseDuration(text) / timeScale)));
}

/** A range of samples at that pace. */
export function scaleRange(text: string, { timeScale, shortestRangeMs }: Pace): string {
  return scaleDuration(text, timeScale, shortestRangeMs);
}

// What may hold something that looks like a duration comes first: strings, comments, names (rate5m), other numbers (0x1d).
const tokens = new RegExp(
  [
    /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|#[^\n]*/,
    /[A-Za-z_][\w:]*/,
    /(?<opening>\[\s*)?(?<duration>(?:\d+(?:ms|[smhdwy]))+)(?!\w)/,
    /0[xX][\da-fA-F]+|\d*\.?\d+(?:[eE][+-]?\d+)?/,
  ]
    .map((token) => token.source)
    .join("|"),
  "g",
);

/**
 * A PromQL expression with each duration in it (range, offset, subquery) divided by the time scale, but none shorter than
 * 1 s, and no range shorter than the pace says.
 */
export function scaleExpression(promql: string, pace: Pace): string {
  return promql.replace(tokens, (token, ...rest) => {
    const { opening, duration } = rest.at(-1);
    if (duration === undefined) return token;
    return opening === undefined
      ? scaleDuration(duration, pace.timeScale, 1000)
      : `${opening}${scaleRange(duration, pace)}`;
  });
}

/** Milliseconds of the longest range in an expression; 0 where it has none. */
export function longestRange(promql: string): number {
  const ranges = [...promql.matchAll(tokens)].flatMap(({ groups }) =>
    groups?.opening === undefined || groups.duration === undefined ? [] : [parseDuration(groups.duration)],
  );
  return Math.max(0, ...ranges);
}
