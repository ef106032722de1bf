#!/usr/bin/env node
/** `npx autoheal enable|disable <namespace>`: where AutoHeal may act. */
import { modes } from "@autoheal/lib/policy";
import { disable, enable } from "./cluster/enabled.ts";
import { readOptions } from "./options.ts";

const help = `npx autoheal enable <namespace> [--mode Auto|Approve|Observe|Off]
npx autoheal disable <namespace>

enable   labels the namespace with what AutoHeal may do there (default Auto: act by itself), and binds the write rights of
         restart, scale and rollback in it; in every other namespace they have none
disable  takes both away again
`;

/** What was said on the command line can't be used. */
class UsageError extends Error {
  override name = "UsageError";
}

async function main(): Promise<void> {
  const { values, positionals } = readOptions({
    allowPositionals: true,
    options: { help: { type: "boolean", short: "h" }, mode: { type: "string", default: "Auto" } },
  });
  const [command, namespace, ...more] = positionals;
  if (values.help || command === undefined) return console.log(help);
  if (command !== "enable" && command !== "disable") throw new UsageError(`${command}: expected enable or disable`);
  if (namespace === undefined || more.length > 0) throw new UsageError(`${command}: expected one namespace`);
  const mode = modes.find((one) => one === values.mode);
  if (!mode) throw new UsageError(`--mode is ${values.mode}: expected ${modes.join(", ")}`);
  if (command === "enable") await enable(namespace, mode);
  else await disable(namespace);
  console.log(command === "enable" ? `${namespace}: enabled, ${mode}` : `${namespace}: disabled`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
