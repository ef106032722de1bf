export type Log = (message: string, fields?: Record<string, unknown>) => void;

/** Writes one JSON line per entry to stdout: a constant message and its fields. */
export function createLog(app: string, version: string): Log {
  return (message, fields = {}) => {
    process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), app, version, message, ...fields })}\n`);
  };
}
