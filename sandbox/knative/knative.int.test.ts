import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { createStore, type Store, takeSubnet } from "../api/index.ts";
import { startRecorder } from "./fixtures/recorder.ts";
import { until } from "./fixtures/until.ts";
import { type Knative, type KnativeOptions, startKnative } from "./index.ts";

const fixture = (file: string) => fileURLToPath(new URL(`./fixtures/${file}`, import.meta.url));
const probe = { name: "probe", entry: fixture("probe.cjs"), env: { COLOUR: "blue" }, configMap: "probe" };

let store: Store;
let knative: Knative;
let subnet: string;
let release: () => void;
let logged: Record<string, unknown>[];

const start = async (options: Partial<KnativeOptions> = {}) => {
  knative = await startKnative({ subnet, store, functions: [probe], log: (line) => logged.push(line), ...options });
};
const object = (apiVersion: string, kind: string, name: string, spec: object, annotations = {}) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: "autoheal", annotations },
  spec,
});
const aBroker = (name: string, annotations = {}) =>
  store.create("brokers.eventing.knative.dev", object("eventing.knative.dev/v1", "Broker", name, {}, annotations));
const aTrigger = (name: string, broker: string, to: string, uri: string, delivery: object = {}) =>
  store.create(
    "triggers.eventing.knative.dev",
    object("eventing.knative.dev/v1", "Trigger", name, {
      broker,
      subscriber: { ref: { apiVersion: "serving.knative.dev/v1", kind: "Service", name: to }, uri },
      delivery,
    }),
  );
const post = (broker: string, id: string) =>
  fetch(knative.ingressUrl("autoheal", broker), {
    method: "POST",
    headers: { "ce-specversion": "1.0", "ce-source": "/test", "ce-type": "t", "ce-id": id },
  });
const got = (name: string) =>
  knative
    .logOf(name)
    .split("\n")
    .filter((line) => line.includes('"got"'))
    .map((line) => JSON.parse(line) as { id: string; pid: number }); // reason: the fixtures log so
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
const self = async () => {
  const response = await fetch(`${knative.urlOf("probe")}/self`, { headers: { connection: "close" } });
  return response.json();
};

beforeEach(async () => {
  store = createStore();
  logged = [];
  ({ subnet, release } = await takeSubnet());
});
afterEach(async () => {
  await knative?.close();
  release();
});

test("a function has no process until a request comes, and none again once it was idle for the window", async () => {
  await start({ windowMs: 100 });
  expect(knative.pidOf("probe")).toBeUndefined();
  const { pid } = await self();
  expect(knative.pidOf("probe")).toBe(pid);
  await until("it is scaled to zero", () => knative.pidOf("probe") === undefined);
  expect(knative.logOf("probe")).toContain("SIGTERM");
  expect(isAlive(pid)).toBe(false);
  expect((await self()).pid).not.toBe(pid);
});

test("requests that come together while it starts are held, and served by one process", async () => {
  await start();
  const pids = await Promise.all(Array.from({ length: 8 }, async () => (await self()).pid));
  expect(new Set(pids).size).toBe(1);
});

test("a process gets its own environment, its ConfigMap and the sink, and nothing of the sandbox's", async () => {
  process.env.A_SECRET_OF_THE_DEVELOPER = "x";
  store.create("configmaps", {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "probe", namespace: "autoheal" },
    data: { COLOUR: "red", SIZE: "large" },
  });
  aBroker("healing");
  const bind = (name: string, subject: object) => {
    const sink = { ref: { apiVersion: "eventing.knative.dev/v1", kind: "Broker", name: "healing" } };
    const spec = { subject: { apiVersion: "serving.knative.dev/v1", kind: "Service", ...subject }, sink };
    store.create("sinkbindings.sources.knative.dev", object("sources.knative.dev/v1", "SinkBinding", name, spec));
  };
  bind("by-label", { selector: { matchLabels: { "function.knative.dev/name": "probe" } } });
  bind("of-another", { name: "another" });
  await start();
  const { env } = await self();
  expect(env).toMatchObject({
    COLOUR: "blue",
    SIZE: "large",
    HOST: `${subnet}.2.1`,
    PORT: "8080",
    K_SINK: `http://${subnet}.0.2:8080/autoheal/healing`,
  });
  expect(env).not.toHaveProperty("A_SECRET_OF_THE_DEVELOPER");
});

test("bodies of 10 MB go through, and server-sent events stream while the process, though idle else, is kept", async () => {
  await start({ windowMs: 100 });
  const big = await fetch(`${knative.urlOf("probe")}/length`, { method: "POST", body: Buffer.alloc(10 * 1024 * 1024) });
  expect(await big.text()).toBe(String(10 * 1024 * 1024));
  const pid = knative.pidOf("probe");
  const stop = new AbortController();
  const stream = await fetch(`${knative.urlOf("probe")}/stream`, { signal: stop.signal });
  let seen = "";
  const decoder = new TextDecoder();
  for await (const chunk of stream.body ?? []) {
    seen += decoder.decode(chunk);
    if (seen.includes("data: 20\n")) break; // 400 ms, four windows
  }
  expect(knative.pidOf("probe")).toBe(pid);
  stop.abort();
  await until("it is scaled to zero after the stream", () => knative.pidOf("probe") === undefined);
});

test("a function that is killed in the middle of a delivery is started anew for the retry", async () => {
  const mark = join(mkdtempSync(join(tmpdir(), "autoheal-test-")), "mark");
  await start({ functions: [{ name: "worker", entry: fixture("hang-once.cjs"), env: { MARK: mark } }] });
  aBroker("healing", { "messaging.knative.dev/async-handler": "true" });
  aTrigger("work", "healing", "worker", "/", { retry: 2, backoffPolicy: "exponential", backoffDelay: "PT0.1S" });
  expect((await post("healing", "1")).status).toBe(202);
  const [first] = await until("the first delivery", () => got("worker").length === 1 && got("worker"));
  expect(knative.pidOf("worker")).toBe(first?.pid);
  process.kill(first?.pid ?? 0, "SIGKILL");
  await until("nothing is under way", () => knative.inFlight() === 0);
  const [, second, ...more] = got("worker");
  expect([second?.id, more]).toEqual(["1", []]);
  expect(second?.pid).not.toBe(first?.pid);
  expect(logged).toEqual([]);
  rmSync(dirname(mark), { recursive: true });
});

test("a function that is killed in the middle of a delivery without retries makes the receipt a 500", async () => {
  await start();
  aBroker("alerts");
  aTrigger("all", "alerts", "probe", "/hang", { retry: 0, timeout: "PT8S" });
  const answer = post("alerts", "1");
  const [first] = await until("the delivery", () => got("probe").length === 1 && got("probe"));
  process.kill(first?.pid ?? 0, "SIGKILL");
  expect((await answer).status).toBe(500);
  expect(logged).toMatchObject([{ msg: "delivery given up", trigger: "all", id: "1", code: 502, deadLettered: false }]);
});

test("a function that cannot start answers 503, a Trigger to nobody delivers 404, and both are told", async () => {
  await start({ functions: [{ name: "broken", entry: fixture("broken.cjs"), env: {} }] });
  expect((await fetch(knative.urlOf("broken"))).status).toBe(503);
  expect(knative.logOf("broken")).toContain("no configuration");
  aBroker("alerts");
  const { metadata } = aTrigger("lost", "alerts", "nobody", "/");
  expect(store.get("triggers.eventing.knative.dev", "autoheal", metadata.name)?.status.conditions[0]).toMatchObject({
    status: "False",
    message: 'Service "nobody" not found',
  });
  expect((await post("alerts", "1")).status).toBe(500);
});

test("a test can lose and double deliveries", async () => {
  await start();
  aBroker("alerts");
  aTrigger("all", "alerts", "probe", "/events");
  const stop = knative.onDeliver(({ event }) => {
    const { id } = event.attributes;
    return id === "lost" ? "drop" : id === "doubled" ? "duplicate" : undefined;
  });
  for (const id of ["lost", "doubled", "plain"]) expect((await post("alerts", id)).status).toBe(202);
  expect(got("probe").map(({ id }) => id)).toEqual(["doubled", "doubled", "plain"]);
  stop();
  await post("alerts", "lost");
  expect(got("probe").map(({ id }) => id)).toContain("lost");
});

test("a PingSource's interval is divided by the time scale, but never under half a second, until it is deleted", async () => {
  const recorder = await startRecorder(`${subnet}.0.9`);
  await start({ timeScale: 20 });
  const ping = (name: string, schedule: string) =>
    store.create(
      "pingsources.sources.knative.dev",
      object("sources.knative.dev/v1", "PingSource", name, {
        schedule,
        sink: { uri: recorder.url(`/${name}`) },
      }),
    );
  ping("pulse", "*/10 * * * * *");
  ping("busy", "* * * * * *");
  ping("rare", "0 0 1 1 *");
  await until("four pulses", () => recorder.at("/pulse").length >= 4);
  for (const path of ["/pulse", "/busy"]) {
    const times = recorder.at(path).map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThan(400);
    for (const gap of gaps) expect(gap).toBeLessThan(900);
  }
  expect(recorder.at("/rare")).toEqual([]);
  store.delete("pingsources.sources.knative.dev", "autoheal", "pulse");
  const before = recorder.at("/pulse").length;
  const busyBefore = recorder.at("/busy").length;
  await until("the other goes on", () => recorder.at("/busy").length >= busyBefore + 3);
  expect(recorder.at("/pulse")).toHaveLength(before);
  recorder.close();
});

test("closing ends every process and gives the addresses back", async () => {
  await start();
  const { pid } = await self();
  await knative.close();
  expect(isAlive(pid)).toBe(false);
  await start();
  expect((await self()).pid).not.toBe(pid);
});

test("processes end with a sandbox that is killed", async () => {
  await start({ functions: [] });
  await knative.close();
  // Who is killed takes nothing away.
  const folder = mkdtempSync(join(tmpdir(), "killed-sandbox-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const alone = execFile(process.execPath, [fixture("sandbox-alone.ts"), subnet, fixture("probe.cjs")], {
    env: { ...process.env, TMPDIR: folder },
  });
  const lines = createInterface({ input: alone.stdout ?? process.stdin });
  const [line] = await once(lines, "line");
  const pid = Number(line);
  expect(isAlive(pid)).toBe(true);
  alone.kill("SIGKILL");
  await until("the function's process is gone", () => !isAlive(pid));
});
