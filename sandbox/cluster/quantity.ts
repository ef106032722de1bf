const FACTORS: Record<string, number> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A Kubernetes quantity as a number of cores or bytes; undefined stays undefined, nonsense is an error. */
export function quantity(text: string | number | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits, suffix = ""] = /^([0-9.]+(?:[eE][0-9]+)?)([A-Za-z]*)$/.exec(String(text)) ?? [];
  const factor = suffix === "" ? 1 : FACTORS[suffix];
  if (digits === undefined || factor === undefined) throw new Error(`"${text}" is no Kubernetes quantity`);
  return Number(digits) * factor;
}
