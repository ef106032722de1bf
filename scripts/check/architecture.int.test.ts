import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import extractDepcruiseOptions from "dependency-cruiser/config-utl/extract-depcruise-options";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { architectureProblems } from "./architecture.ts";

const rulesFile = fileURLToPath(new URL("../../.dependency-cruiser.cjs", import.meta.url));
const { ruleSet } = await extractDepcruiseOptions(rulesFile);
const names = ruleSet?.forbidden?.map(({ name }) => name ?? "") ?? [];
const story = names.flatMap((name) => /^story-order-(.+)/.exec(name)?.[1] ?? []);

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "autoheal-rules-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  symlinkSync(rulesFile, join(root, ".dependency-cruiser.cjs"));
  for (const name of ["express", "ml-isolation-forest", "zod"]) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: "index.js" }));
    write(`node_modules/${name}/index.js`, "module.exports = {};");
  }
});

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text, { flag: "a" });
}

/** Makes one file import another: `type` as a type, `package:` from node_modules. */
function imports(from: string, to: string, type = false): void {
  const name = to.replace(/^(?:package|node):/, "");
  const own = name === to;
  if (own) write(to, "export const it = 1;\n");
  const path = own ? `./${relative(dirname(from), to)}` : to.startsWith("node:") ? to : name;
  write(from, `import ${type ? "type " : ""}{ it } from "${path}";\nexport const use: typeof it = 1;\n`);
}

const lib = "functions/lib";
const violations: [rule: string, from: string, to: string][] = [
  ["no-circular", "knative/one.ts", "knative/two.ts"],
  ["no-unresolvable", "knative/one.ts", "package:nowhere"],
  ...story.map((name, at): [string, string, string] => [
    `story-order-${name}`,
    `${lib}/${name}/index.ts`,
    `${lib}/${story[at + 1] ?? "anomaly"}/index.ts`,
  ]),
  ["story-order-effect", `${lib}/effect/effect.test.ts`, `${lib}/notification/index.ts`],
  ["concept-known", `${lib}/effect/index.ts`, `${lib}/utils/index.ts`],
  ["concept-pure", `${lib}/incident/index.ts`, `${lib}/drivers/kubernetes/index.ts`],
  ["concept-pure", `${lib}/incident/index.ts`, `${lib}/runtime/index.ts`],
  ["drivers-and-runtime-apart", `${lib}/drivers/broker/index.ts`, `${lib}/runtime/index.ts`],
  ["drivers-and-runtime-apart", `${lib}/drivers/broker/index.ts`, `${lib}/drivers/kubernetes/index.ts`],
  ["drivers-and-runtime-apart", `${lib}/runtime/index.ts`, `${lib}/drivers/broker/index.ts`],
  ["sdks-in-drivers-and-runtime", "functions/notify/tell.ts", "package:express"],
  ["sdks-in-drivers-and-runtime", `${lib}/incident/index.ts`, "package:express"],
  ["ml-isolation-forest-in-its-engine", `${lib}/anomaly/forest/own.ts`, "package:ml-isolation-forest"],
  ["concept-door", `${lib}/incident/index.ts`, `${lib}/alert/batch.ts`],
  ["concept-door", `${lib}/runtime/serve.ts`, `${lib}/event/catalog.ts`],
  ["lib-door", "functions/notify/tell.ts", `${lib}/incident/schema.ts`],
  ["lib-door", "knative/crds.ts", `${lib}/drivers/kubernetes/cluster.ts`],
  ["functions-meet-on-the-broker", "functions/notify/tell.ts", "functions/diagnose/words.ts"],
  ["functions-meet-on-the-broker", `${lib}/alert/index.ts`, "functions/receive/take.ts"],
  ["functions-are-entered-by-events", "scenarios/run.ts", "functions/diagnose/decide.ts"],
  ["functions-know-no-sandbox", "functions/notify/tell.ts", "sandbox/index.ts"],
  ["functions-know-no-sandbox", `${lib}/alert/index.ts`, "knative/read-manifests.ts"],
  ["sandbox-knows-no-functions", "sandbox/api/index.ts", `${lib}/incident/index.ts`],
  ["sandbox-knows-no-functions", "sandbox/api/index.int.test.ts", `${lib}/incident/index.ts`],
  ["sandbox-part-door", "sandbox/knative/index.ts", "sandbox/api/verbs.ts"],
  ["sandbox-door", "sandbox/start.ts", "sandbox/api/verbs.ts"],
  ["sandbox-door", "functions/notify/notify.int.test.ts", "sandbox/api/verbs.ts"],
  ["sample-apps-stand-alone", "sample-apps/user/index.ts", `${lib}/alert/index.ts`],
  ["sample-apps-stand-alone", "sample-apps/user/user.int.test.ts", "sandbox/index.ts"],
  ["sample-apps-are-deployed", "sandbox/index.ts", "sample-apps/user/index.ts"],
  ["scenarios-see-what-users-see", "scenarios/run.ts", "sandbox/api/index.ts"],
  ["scenarios-see-what-users-see", "scenarios/run.ts", `${lib}/drivers/kubernetes/index.ts`],
  ["tests-are-not-imported", "functions/notify/tell.ts", `${lib}/testing/index.ts`],
  ["tests-are-not-imported", "sandbox/index.ts", "sandbox/api/api.int.test.ts"],
  ["pure", "functions/notify/decide.ts", `${lib}/drivers/kubernetes/index.ts`],
  ["pure", "functions/notify/decide.ts", "node:fs"],
  ["pure", `${lib}/incident/index.ts`, "node:http"],
];

test.each(violations)("%s: %s must not import %s", async (rule, from, to) => {
  imports(from, to);
  if (rule === "no-circular") imports(to, from);
  expect(
    (await architectureProblems(root)).filter((problem) => problem.startsWith(`${rule}: ${from} → `)),
  ).toHaveLength(1);
});

test("every rule has a row here, and says why", () => {
  const rows = new Set(violations.map(([rule]) => rule));
  expect(names.filter((name) => !rows.has(name) && name !== "no-orphan")).toEqual([]);
  expect(ruleSet?.forbidden?.filter(({ comment, severity }) => !comment || severity !== "error")).toEqual([]);
});

test("no-orphan: a file that is left over", async () => {
  write("scripts/left-over.ts", "export const it = 1;");
  expect(await architectureProblems(root)).toEqual([expect.stringMatching(/^no-orphan: scripts\/left-over\.ts/)]);
});

test("type imports count where the direction is at stake, not where purity is", async () => {
  imports("functions/notify/decide.ts", `${lib}/runtime/index.ts`, true);
  expect(await architectureProblems(root)).toEqual([]);
  imports(`${lib}/incident/index.ts`, `${lib}/runtime/index.ts`, true);
  expect(await architectureProblems(root)).toEqual([expect.stringMatching(/^concept-pure: /)]);
});

test("what a decision reaches by another file is no better", async () => {
  imports("functions/notify/decide.ts", "functions/notify/words.ts");
  imports("functions/notify/words.ts", `${lib}/runtime/index.ts`);
  expect(await architectureProblems(root)).toEqual([
    `pure: functions/notify/decide.ts → ${lib}/runtime/index.ts by functions/notify/words.ts: what decides imports no machinery`,
  ]);
});

test.each(["Date.now()", "new Date()", "Math.random()", "crypto.randomUUID()"])("clock: %s", async (call) => {
  const text = `export const at = ${call};\n`;
  write("functions/notify/tell.ts", text);
  for (const file of ["functions/notify/index.ts", `${lib}/runtime/log.ts`]) {
    write(file, text);
    imports(file, "functions/notify/tell.ts");
  }
  expect((await architectureProblems(root)).filter((problem) => problem.startsWith("clock: "))).toEqual([
    expect.stringMatching(/^clock: functions\/notify\/tell\.ts: /),
  ]);
});

const allowed: [from: string, to: string][] = [
  [`${lib}/notification/index.ts`, `${lib}/incident/index.ts`],
  [`${lib}/drivers/slack/index.ts`, "package:express"],
  [`${lib}/drivers/slack/index.ts`, `${lib}/notification/index.ts`],
  [`${lib}/runtime/action/index.ts`, `${lib}/runtime/index.ts`],
  [`${lib}/alert/index.ts`, "package:zod"],
  [`${lib}/anomaly/forest/ml-isolation-forest.ts`, "package:ml-isolation-forest"],
  ["scripts/bench/forest/contenders.ts", `${lib}/anomaly/forest/index.ts`],
  [`${lib}/alert/index.ts`, "node:crypto"],
  ["functions/notify/index.ts", `${lib}/drivers/slack/index.ts`],
  ["functions/notify/tell.ts", `${lib}/incident/index.ts`],
  ["functions/notify/notify.int.test.ts", "sandbox/index.ts"],
  ["scripts/check/contracts.ts", "functions/notify/contract.ts"],
  ["scripts/build.ts", "sample-apps/build.ts"],
  ["scenarios/run.ts", "sandbox/index.ts"],
  ["scenarios/expectation.ts", `${lib}/cause/index.ts`],
];

test("what the rules are not about is free", async () => {
  for (const [from, to] of allowed) imports(from, to);
  expect(await architectureProblems(root)).toEqual([]);
});
