/** `npm run break -- <fault> [service]`: breaks a service of the sandbox that `npm start` runs. */
import { parseArgs } from "node:util";
import { breakages } from "./breakage.ts";
import { runningSandbox } from "./control.ts";

const help = `npm run break -- <fault> [service]

Breaks a service of the sandbox that \`npm start\` runs in another terminal.
service: user (when not said), auth or api.

faults:
${Object.entries(breakages)
  .map(([name, { about }]) => `  ${name.padEnd(12)} ${about}`)
  .join("\n")}
`;

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { help: { type: "boolean", short: "h" } },
});
const [fault, service = "user"] = positionals;
if (values.help || fault === undefined) {
  console.log(help);
  process.exit(values.help ? 0 : 1);
}
if (!Object.hasOwn(breakages, fault)) fail(`no fault ${fault}\n\n${help}`);
if (!["user", "auth", "api"].includes(service)) fail(`no service ${service}: user, auth or api`);
const sandbox = runningSandbox() ?? fail("no sandbox runs from this folder: start one with `npm start`");
const answer = await fetch(`${sandbox.url}/break`, { method: "POST", body: JSON.stringify({ fault, service }) });
const { done, error } = (await answer.json()) as { done?: string[]; error?: string }; // reason: control.ts
if (error) fail(error);
for (const line of done ?? []) console.log(line);
console.log("Watch what happens in the terminal of `npm start`, or in the console.");
