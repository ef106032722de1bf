/** The environment of a process, or a test's stand-in for it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How one variable is read: its text to a value, or a sentence that says what is allowed. */
export interface Setting<T> {
  readonly variable: string;
  readonly fallback: string | undefined;
  readonly allowed: string;
  /** True for what no message may repeat. */
  readonly secret?: true;
  readonly parse: (text: string) => T | undefined;
}

/** A configuration that can't be used: one line per bad variable. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Any text; with no fallback it has to be set. */
export function text(variable: string, fallback?: string): Setting<string> {
  const needed = fallback === undefined;
  return {
    variable,
    fallback,
    allowed: needed ? "a text that is not empty" : "a text",
    parse: (value) => (needed && value === "" ? undefined : value),
  };
}

/**
 * An http or https URL; an empty fallback makes it optional, and the value "". Without a password: fetch refuses one, with
 * an error that shows it.
 */
export function url(variable: string, fallback?: string): Setting<string> {
  return {
    variable,
    fallback,
    allowed: "an http:// or https:// URL without user and password",
    parse: (value) => (value === "" && fallback === "" ? "" : isUrl(value) ? value.replace(/\/$/, "") : undefined),
  };
}

/** A whole number within bounds. */
export function integer(variable: string, fallback: number, least: number, most: number): Setting<number> {
  return {
    variable,
    fallback: String(fallback),
    allowed: `a whole number from ${least} to ${most}`,
    parse: (value) => {
      const number = Number(value);
      return value !== "" && Number.isInteger(number) && number >= least && number <= most ? number : undefined;
    },
  };
}

/** A duration as Prometheus writes it (`500ms`, `30s`, `5m`, `1h30m`), in seconds; never none at all. */
export function seconds(variable: string, fallback: string): Setting<number> {
  return { variable, fallback, allowed: "a duration such as 500ms, 30s, 5m or 1h30m", parse: durationSeconds };
}

/** `true` or `false`. */
export function flag(variable: string, fallback: boolean): Setting<boolean> {
  return {
    variable,
    fallback: String(fallback),
    allowed: "true or false",
    parse: (value) => (value === "true" ? true : value === "false" ? false : undefined),
  };
}

/** One word of a closed list. */
export function oneOf(variable: string, fallback: string, words: readonly string[]): Setting<string> {
  return {
    variable,
    fallback,
    allowed: words.join(", "),
    parse: (value) => (words.includes(value) ? value : undefined),
  };
}

/** A comma-separated list, without empty entries. */
export function list(variable: string, fallback = ""): Setting<string[]> {
  return {
    variable,
    fallback,
    allowed: "a list separated by commas",
    parse: (value) => value.split(",").flatMap((part) => part.trim() || []),
  };
}

type Values<S extends Record<string, Setting<unknown>>> = { [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** Reads all settings at once. Throws ConfigError naming every variable that is missing or wrong, and what is allowed. */
export function readConfig<S extends Record<string, Setting<unknown>>>(
  environment: Environment,
  settings: S,
): Values<S> {
  const errors: string[] = [];
  const entries = Object.entries(settings).map(([key, setting]) => {
    const given = environment[setting.variable] ?? setting.fallback;
    const value = given === undefined ? undefined : setting.parse(given);
    if (value === undefined) {
      errors.push(`${setting.variable} ${wasText(setting, given)}; allowed: ${setting.allowed}`);
    }
    return [key, value];
  });
  if (errors.length > 0) throw new ConfigError(errors.join("\n"));
  return Object.fromEntries(entries) as Values<S>; // reason: each value went through its setting's parse
}

const unitSeconds: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of a duration as Prometheus writes it (`500ms`, `1h30m`); undefined of anything else, and of none at all. */
export function durationSeconds(value: string): number | undefined {
  if (!/^(\d+(ms|[smhdw]))+$/.test(value)) return undefined;
  let total = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+)(ms|[smhdw])/g))
    total += Number(amount) * (unitSeconds[unit ?? ""] ?? 0);
  return total > 0 ? total : undefined;
}

function isUrl(value: string): boolean {
  if (!/^https?:\/\/[^/]/.test(value) || !URL.canParse(value)) return false;
  const { username, password } = new URL(value);
  return username === "" && password === "";
}

function wasText({ secret }: Setting<unknown>, given: string | undefined): string {
  if (given === undefined) return "is not set";
  return secret ? "can't be used" : `is ${JSON.stringify(given.replace(/\/\/.*@/s, "//***@"))}`;
}
