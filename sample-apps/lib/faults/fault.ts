/** A way to break an app on purpose. Options have defaults, so that `{"fault":"leak"}` is enough. */
export type Fault =
  | { fault: "leak"; mbPerSecond: number }
  | { fault: "cpu"; cores: number }
  | { fault: "block" }
  | { fault: "errors"; ratio: number; code: number }
  | { fault: "slow"; milliseconds: number }
  | { fault: "exit"; code: number; afterSeconds: number }
  | { fault: "unready" }
  | { fault: "stale" };

interface Option {
  standard: number;
  min: number;
  max: number;
  whole?: true;
}

const catalog: { [Name in Fault["fault"]]: Record<Exclude<keyof Extract<Fault, { fault: Name }>, "fault">, Option> } = {
  leak: { mbPerSecond: { standard: 2, min: 0.1, max: 1000 } },
  cpu: { cores: { standard: 1, min: 0.01, max: 8 } },
  block: {},
  errors: { ratio: { standard: 0.5, min: 0, max: 1 }, code: { standard: 500, min: 400, max: 599, whole: true } },
  slow: { milliseconds: { standard: 800, min: 1, max: 60_000 } },
  exit: { code: { standard: 1, min: 0, max: 255, whole: true }, afterSeconds: { standard: 0, min: 0, max: 3600 } },
  unready: {},
  stale: {},
};

/** What is wrong with a fault that was asked for, and what would be right. */
export class FaultError extends Error {}

/** Checks a fault that was posted or came by `FAULTS`, and fills in the defaults; throws FaultError. */
export function parseFault(input: unknown): Fault {
  const given = isRecord(input) ? input : {};
  const options: Record<string, Option> | undefined = isFaultName(given.fault) ? catalog[given.fault] : undefined;
  if (!options) {
    throw new FaultError(
      `fault ${JSON.stringify(given.fault)} is unknown: use one of ${Object.keys(catalog).join(", ")}`,
    );
  }
  for (const key of Object.keys(given)) {
    if (key !== "fault" && !(key in options)) throw new FaultError(`fault ${given.fault} has no option ${key}`);
  }
  const values = Object.entries(options).map(([key, { standard, min, max, whole }]) => {
    const value = given[key] ?? standard;
    if (typeof value !== "number" || !(value >= min && value <= max) || (whole && !Number.isInteger(value))) {
      throw new FaultError(`${key} must be ${whole ? "an integer" : "a number"} from ${min} to ${max}`);
    }
    return [key, value];
  });
  // The catalog's type says that these are exactly the options of the fault of this name.
  return { fault: given.fault, ...Object.fromEntries(values) } as Fault;
}

/** Parses the environment variable `FAULTS`, a JSON list of faults to begin with; throws FaultError. */
export function parseFaults(text: string): Fault[] {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    throw new FaultError("not JSON");
  }
  if (!Array.isArray(list)) throw new FaultError("not a list");
  return list.map(parseFault);
}

function isFaultName(name: unknown): name is Fault["fault"] {
  return typeof name === "string" && Object.hasOwn(catalog, name);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
