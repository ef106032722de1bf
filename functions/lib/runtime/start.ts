import { ConfigError, type Environment, integer, oneOf, readConfig, text } from "./config.ts";
import { type Log, openLog } from "./log.ts";
import { type FunctionApp, serve } from "./serve.ts";

/**
 * Starts a function's process: reads HOST, PORT and LOG_LEVEL, builds the app and serves it.
 * A bad configuration is said on stderr, a line per variable, and ends the process with code 1.
 */
export async function start(
  name: string,
  build: (environment: Environment, log: Log) => Omit<FunctionApp, "name" | "log">,
): Promise<void> {
  try {
    const { host, port, level } = readConfig(process.env, {
      host: text("HOST", "0.0.0.0"),
      port: integer("PORT", 8080, 0, 65_535),
      level: oneOf("LOG_LEVEL", "info", ["debug", "info", "warn", "error", "silent"]),
    });
    const log = openLog(name, level);
    const app = { ...build(process.env, log), name, log };
    await serve(app, { host, port }).catch((error: NodeJS.ErrnoException) => {
      throw unlistenable(error, host, port);
    });
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error);
    process.exit(1);
  }
}

/** Where it can't be listened is told as a setting that can't be used; every other error is as it was. */
function unlistenable(error: NodeJS.ErrnoException, host: string, port: number): Error {
  switch (error.code) {
    case "EADDRINUSE":
      return new ConfigError(`PORT is "${port}", which another process listens at; allowed: a free port`);
    case "EACCES":
      return new ConfigError(`PORT is "${port}", which this user may not listen at; allowed: a port that it may`);
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
    case "EINVAL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new ConfigError(`HOST is ${JSON.stringify(host)}; allowed: an address of this machine, or a name of one`);
    default:
      return error;
  }
}
