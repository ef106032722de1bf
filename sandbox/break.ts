/** `npm run break -- <fault> [service]`: breaks a service of the sandbox that `npm start` runs. */
import { readOptions } from "../scripts/options.ts";
import { breakages } from "./breakage.ts";
import { runningSandbox } from "./control.ts";

const help = `npm run break -- <fault> [service]

Breaks a service of the sandbox that \`npm start\` runs in another terminal.
service: user (when not said), auth or api; none for traffic and mend, which are about all of them.

faults:
${Object.entries(breakages)
  .map(([name, { about }]) => `  ${name.padEnd(12)} ${about}`)
  .join("\n")}
`;

function fail(message: string, exitCode = 1): never {
  console.error(message);
  process.exit(exitCode);
}

const { values, positionals } = readOptions({
  allowPositionals: true,
  options: { help: { type: "boolean", short: "h" } },
});
const [fault, named, ...more] = positionals;
const service = named ?? "user";
if (values.help || fault === undefined) {
  console.log(help);
  process.exit(values.help ? 0 : 2);
}
const breakage = Object.hasOwn(breakages, fault) ? breakages[fault] : undefined;
if (!breakage) fail(`no fault ${fault}\n\n${help}`, 2);
if (!["user", "auth", "api"].includes(service)) fail(`no service ${service}: user, auth or api`, 2);
const ofAll = breakage.how === "traffic" || breakage.how === "mend";
if (ofAll && named !== undefined) fail(`${fault} is about all services: expected none, not ${named}`, 2);
if (breakage.only && breakage.only !== service) fail(`${fault}: ${breakage.only} alone can be broken so`, 2);
if (more.length > 0) fail(`expected one fault and one service, not also ${more.join(" ")}`, 2);
const noneRuns = "no sandbox runs from this folder: start one with `npm start`";
const sandbox = runningSandbox() ?? fail(noneRuns);
// Another process may have got the number of one that was killed.
const body = JSON.stringify({ fault, service });
const answer = await fetch(`${sandbox.url}/break`, { method: "POST", body }).catch(() => fail(noneRuns));
const { done, error } = (await answer.json()) as { done?: string[]; error?: string }; // reason: control.ts
if (error) fail(error);
for (const line of done ?? []) console.log(line);
console.log("Watch what happens in the terminal of `npm start`, or in the console.");
