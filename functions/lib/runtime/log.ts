import pino from "pino";

/** A structured logger: a constant message plus fields, one JSON line each, on stdout. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** The log of one function. Times are RFC 3339, levels are words. */
export function openLog(functionName: string, level: string): Log {
  return pino({
    level,
    base: { function: functionName },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.err },
  });
}
