import { type ParseArgsConfig, parseArgs } from "node:util";

/** parseArgs for a program that people start: what it can't take is told in one line, and ends the program with exit code 2. */
export function readOptions<const T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"))) throw error;
    console.error(`${error.message}\n\`--help\` says what it takes.`);
    process.exit(2);
  }
}
