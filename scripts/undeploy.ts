/** `npm run undeploy`: takes AutoHeal out of the cluster of the current context. */
import { undeploy } from "./deploy/undeploy.ts";
import { readOptions } from "./options.ts";

const help = `npm run undeploy -- [--records] [--help]

Takes AutoHeal out of the cluster of the current context, and its rights out of every namespace that was enabled.
Incidents and policies stay, with their CRDs.

  --records   deletes Incidents, HealingPolicies and the HealingLedger too
`;

const { values } = readOptions({ options: { help: { type: "boolean", short: "h" }, records: { type: "boolean" } } });
if (values.help) console.log(help);
else {
  try {
    await undeploy({ records: values.records ?? false, say: (line) => console.error(line) });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
