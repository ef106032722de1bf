import { execFile } from "node:child_process";
import { chmod, cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Contender, startOnce } from "../bench/cold/process.ts";
import { environmentOf, firstRequests, startNeighbours } from "../first-event/index.ts";

const run = promisify(execFile);
const built = join(import.meta.dirname, "../../functions/notify/build");

let folder: string;
let notify: Contender;
let close: () => void;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "warm-"));
  const neighbours = await startNeighbours();
  close = neighbours.close;
  await writeFile(join(folder, "kubeconfig"), neighbours.kubeconfig);
  await cp(built, join(folder, "build"), { recursive: true });
  await run(process.execPath, [join(folder, "build/warm.cjs")]);
  notify = {
    name: "notify",
    file: join(folder, "build/index.cjs"),
    environment: environmentOf({ sink: neighbours.sink, kubeconfig: join(folder, "kubeconfig") }),
    readinessPath: "/health/ready",
    first: firstRequests.notify,
  };
});
afterAll(async () => {
  close();
  await rm(folder, { recursive: true });
});

/** Says whether V8 takes what is kept of our own part; a process of its own, since one remembers what it has compiled. */
const ask = `
const { readFileSync } = require("node:fs");
const [filename, kept] = process.argv.slice(1);
const script = new (require("node:vm").Script)(readFileSync(filename, "latin1"), { filename, cachedData: readFileSync(kept) });
console.log(!script.cachedDataRejected);
`;
async function isTaken(): Promise<boolean> {
  const files = [join(folder, "build/function.js"), join(cache(), "function.js")];
  return (await run(process.execPath, ["-e", ask, ...files])).stdout === "true\n";
}

const cache = () => join(folder, "build/cache");

test("what the first event needs is kept, and what it does not need was not even loaded", async () => {
  const files = await readdir(cache());
  expect(files).toEqual(expect.arrayContaining(["function.js", "express.js", "cloudevents.js"]));
  expect(files).not.toEqual(expect.arrayContaining(["nodemailer.js"]));
  expect(files).not.toEqual(expect.arrayContaining(["slack-web-api.js"]));
  expect(files).not.toEqual(expect.arrayContaining(["prom-client.js"]));
});

test("V8 takes it, read only, and it is left as it is", async () => {
  expect(await isTaken()).toBe(true);
  const before = await readFile(join(cache(), "function.js"));
  await chmod(cache(), 0o555);
  const { answerMs } = await startOnce(notify);
  expect(answerMs).toBeGreaterThan(0);
  expect(await readFile(join(cache(), "function.js"))).toEqual(before);
  await chmod(cache(), 0o755);
});

test("what another V8 has made is not used, and nothing is missed", async () => {
  for (const file of await readdir(cache())) await writeFile(join(cache(), file), Buffer.alloc(4096));
  expect(await isTaken()).toBe(false);
  expect((await startOnce(notify)).answerMs).toBeGreaterThan(0);
});
