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
    await serve({ ...build(process.env, log), name, log }, { host, port });
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error);
    process.exit(1);
  }
}
