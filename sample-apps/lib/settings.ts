type Environment = Readonly<Record<string, string | undefined>>;

/** A bad environment variable; `run` prints it as one line and ends with code 1. */
export class SettingError extends Error {
  constructor(name: string, value: string, allowed: string) {
    super(`${name}=${JSON.stringify(value)} is not allowed: ${allowed}`);
    this.name = "SettingError";
  }
}

/** Reads a number that lies within bounds, both included; unset or empty gives the default. */
export function numberSetting(
  env: Environment,
  name: string,
  { standard, min, max }: { standard: number; min: number; max: number },
): number {
  const text = env[name];
  if (text === undefined || text === "") return standard;
  const value = Number(text);
  if (!Number.isFinite(value) || value < min || value > max) {
    throw new SettingError(name, text, `a number from ${min} to ${max}`);
  }
  return value;
}

/** Reads a text of at least one character; without a default it must be set. */
export function textSetting(env: Environment, name: string, standard?: string): string {
  const text = env[name] || standard;
  if (text === undefined) throw new SettingError(name, env[name] ?? "", "a text that is not empty");
  return text;
}

/**
 * Where a peer is: `<PEER>_URL`, else the classic service variables `<PEER>_SERVICE_HOST` and `<PEER>_SERVICE_PORT`
 * that Kubernetes sets for Services older than the pod, else its DNS name in the same namespace.
 */
export function peerUrl(env: Environment, peer: string): URL {
  const prefix = peer.toUpperCase().replaceAll("-", "_");
  const host = env[`${prefix}_SERVICE_HOST`];
  const port = env[`${prefix}_SERVICE_PORT`] ?? "8080";
  const text = env[`${prefix}_URL`] || `http://${host || peer}:${port}`;
  if (!URL.canParse(text)) throw new SettingError(`${prefix}_URL`, text, "an absolute http URL");
  return new URL(text);
}
