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

/** A duration divided by `scale`, to the millisecond, and at least `atLeastMilliseconds` long. */
export function scaleDuration(text: string, scale: number, atLeastMilliseconds = 0): string {
  const scaled = Math.max(atLeastMilliseconds, Math.round(parseDuration(text) / scale));
  return scaled % 1000 === 0 ? `${scaled / 1000}s` : `${scaled}ms`;
}
