/** `npm run status`: what AutoHeal does on the cluster of the current context, and what is not well. */
import { readOptions } from "./options.ts";
import { look } from "./status/look.ts";
import { tell } from "./status/tell.ts";

const help = `npm run status -- [--json] [--help]

Functions, Brokers, Triggers, sources, enabled namespaces, open incidents and pauses on the cluster of the current context, by
kn where it is found and kubectl. Exit code: 0 all is well; 1 something is not, which is said last; 2 nothing could be read.

  --json   one object, for programs
`;

const { values } = readOptions({ options: { help: { type: "boolean", short: "h" }, json: { type: "boolean" } } });
if (values.help) console.log(help);
else {
  try {
    const status = await look();
    console.log(values.json ? JSON.stringify(status, null, 2) : tell(status));
    process.exitCode = status.unwell.length > 0 ? 1 : 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  }
}
