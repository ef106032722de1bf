import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type FunctionProcess, startFunction } from "@autoheal/lib/process";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

const token = "first-token-of-two";
const renewed = "second-token-of-two";

/** A Broker's ingress, as far as `receive` sees it: what it took, and how it answers. */
const broker = {
  taken: [] as { headers: IncomingMessage["headers"]; data: unknown }[],
  answer: 202,
  hold: undefined as Promise<void> | undefined,
};
const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // reason: no encoding is set
  await broker.hold;
  if (broker.answer < 300) {
    broker.taken.push({ headers: request.headers, data: JSON.parse(Buffer.concat(chunks).toString()) });
  }
  response.writeHead(broker.answer).end();
});

const alert = (pod: string, over: object = {}) => ({
  status: "firing",
  labels: { alertname: "KubePodCrashLooping", namespace: "shop", pod, severity: "critical" },
  annotations: { summary: "it restarts again and again" },
  startsAt: "2026-01-02T03:04:05.678901234Z",
  endsAt: "0001-01-01T00:00:00Z",
  generatorURL: "http://prometheus/graph",
  fingerprint: `f-${pod}`,
  ...over,
});

const webhook = (...alerts: unknown[]) => ({
  version: "4",
  groupKey: "{}:{}",
  truncatedAlerts: 0,
  status: "firing",
  receiver: "autoheal",
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: "http://alertmanager",
  alerts,
});

/** The most memory that a process ever had, in MiB. */
const peakMemoryMib = (pid: number) =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

const takenIds = () => broker.taken.map((event) => event.headers["ce-id"]).sort();

let sink: string;
let folder: string;
let receive: FunctionProcess;

async function post(body: RequestInit["body"], headers: Record<string, string> = {}, at = receive, path = "/alerts") {
  const all = { "content-type": "application/json", authorization: `Bearer ${token}`, ...headers };
  return fetch(at.url + path, { method: "POST", headers: all, body: body ?? null });
}
const postJson = (body: unknown, headers?: Record<string, string>) => post(JSON.stringify(body), headers);

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  sink = `http://127.0.0.1:${(server.address() as AddressInfo).port}/autoheal/alerts`; // reason: it listens on TCP
  folder = await mkdtemp(join(tmpdir(), "receive-"));
  const file = join(folder, "tokens");
  await writeFile(file, `${renewed}\n`);
  receive = await startFunction("receive", {
    K_SINK: sink,
    AUTOHEAL_CLUSTER: "east",
    AUTOHEAL_RECEIVE_TOKENS: `${token}, third-token`,
    AUTOHEAL_RECEIVE_TOKENS_FILE: file,
    AUTOHEAL_RECEIVE_BROKER: "true",
  });
});
beforeEach(() => void Object.assign(broker, { taken: [], answer: 202, hold: undefined }));
afterAll(async () => {
  await receive?.end();
  server.close();
  await rm(folder, { recursive: true });
});

describe("who gets in", () => {
  test.each([
    ["the first token", `Bearer ${token}`, 204],
    ["another one", "bearer third-token", 204],
    ["one of the file", `Bearer ${renewed}`, 204],
    ["the beginning of one", "Bearer first", 401],
    ["no word", "Bearer ", 401],
    ["another scheme", `Basic ${token}`, 401],
  ])("%s", async (_name, authorization, status) => {
    const answer = await postJson(webhook(alert("a")), { authorization });
    expect(answer.status).toBe(status);
    expect(broker.taken).toHaveLength(status === 204 ? 1 : 0);
    if (status === 401) expect(answer.headers.get("www-authenticate")).toBe("Bearer");
  });

  test("nobody without a header, however large the body", async () => {
    const answer = await fetch(`${receive.url}/alerts`, { method: "POST", body: JSON.stringify(webhook(alert("a"))) });
    expect([answer.status, await answer.json()]).toEqual([401, { error: "a bearer token is needed" }]);
  });

  test("a renewed file counts at once", async () => {
    await writeFile(join(folder, "tokens"), "fourth-token");
    expect((await postJson(webhook(alert("a")), { authorization: "Bearer fourth-token" })).status).toBe(204);
    expect((await postJson(webhook(alert("a")), { authorization: `Bearer ${renewed}` })).status).toBe(401);
  });

  test("nobody at all when no token is set, and no Broker when it is off", async () => {
    const shut = await startFunction("receive", { K_SINK: sink });
    try {
      expect((await post(JSON.stringify(webhook(alert("a"))), { authorization: "Bearer " }, shut)).status).toBe(401);
      const headers = {
        "ce-id": "1",
        "ce-specversion": "1.0",
        "ce-source": "/am",
        "ce-type": "dev.autoheal.notification.received.v1",
      };
      expect((await post(JSON.stringify(webhook(alert("a"))), headers, shut, "/broker")).status).toBe(404);
    } finally {
      expect(await shut.end()).toBe(0);
    }
    expect(broker.taken).toEqual([]);
  });
});

test("a webhook becomes one event for each target and type, heartbeats left out", async () => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const watchdog = alert("-", { labels: { alertname: "Watchdog" } });
  const answer = await postJson(webhook(alert("a"), watchdog, alert("b", { status: "resolved" }), alert("a")), {
    traceparent,
  });
  expect(answer.status).toBe(204);
  expect(broker.taken.map(({ headers }) => headers["ce-subject"]).sort()).toEqual(["shop/Pod/a", "shop/Pod/b"]);
  const a = broker.taken.find(({ headers }) => headers["ce-subject"] === "shop/Pod/a");
  expect(a?.headers).toMatchObject({
    "ce-type": "dev.autoheal.alerts.received.v1",
    "ce-source": "/autoheal/receive",
    "ce-alerttype": "crash",
    "ce-severity": "critical",
    "ce-traceparent": expect.stringContaining("0af7651916cd43dd8448eb211c80319c"),
  });
  expect(a?.data).toEqual({
    target: { by: "pod", namespace: "shop", name: "a" },
    alerttype: "crash",
    alerts: [alert("a"), alert("a")],
  });
});

test.each([
  ["another alphabet", "支付 😀", "shop/Service/%E6%94%AF%E4%BB%98%20%F0%9F%98%80"],
  ["quotes and percents", '"100%"', "shop/Service/%22100%25%22"],
  ["line breaks", "a\r\nx-evil: 1", "shop/Service/a%0D%0Ax-evil:%201"],
  ["half a character", "a\ud83d", "shop/Service/a%EF%BF%BD"],
  ["more than a header holds", "s".repeat(60_000), `shop/Service/${"s".repeat(1011)}`],
])("labels that no header can carry are taken: %s", async (_name, service, subject) => {
  const labels = { alertname: "ServiceErrorRateHigh", namespace: "shop", service };
  expect((await postJson(webhook(alert("-", { labels })))).status).toBe(204);
  expect(broker.taken.map(({ headers }) => headers["ce-subject"])).toEqual([subject]);
  expect(broker.taken[0]?.data).toMatchObject({ target: { by: "service", name: service } });
});

test("only heartbeats: done, and nothing is posted", async () => {
  expect((await postJson(webhook(alert("-", { labels: { alertname: "Watchdog" } })))).status).toBe(204);
  expect(broker.taken).toEqual([]);
});

test("what is more than 256 KiB comes in parts, each once", async () => {
  const alerts = Array.from({ length: 400 }, (_, i) =>
    alert("a", { fingerprint: `f${i}`, annotations: { summary: "s".repeat(2000) } }),
  );
  expect((await postJson(webhook(...alerts))).status).toBe(204);
  expect(broker.taken.length).toBeGreaterThan(3);
  const parts = broker.taken.map((event) => event.data as { alerts: { fingerprint: string }[] }); // reason: asserted next
  expect(parts.flatMap((part) => part.alerts.map((one) => one.fingerprint)).sort()).toEqual(
    alerts.map((one) => one.fingerprint).sort(),
  );
  for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThanOrEqual(262_144);
  expect(new Set(takenIds()).size).toBe(broker.taken.length);
});

describe("what can't be understood is told, and nothing is posted", () => {
  test.each<[name: string, body: RequestInit["body"], headers: Record<string, string>, status: number, at: unknown]>([
    ["not JSON", "{]", {}, 400, ["body: expected JSON"]],
    ["nothing", "", {}, 400, expect.arrayContaining(['version: Invalid input: expected "4"'])],
    [
      "missing labels",
      JSON.stringify(webhook({ ...alert("b"), labels: undefined })),
      {},
      400,
      ["alerts[0].labels: expected an object of at most 256 texts"],
    ],
    [
      "a wrong version",
      JSON.stringify({ ...webhook(alert("a")), version: "3" }),
      {},
      400,
      ['version: Invalid input: expected "4"'],
    ],
    [
      "11 MB",
      JSON.stringify(webhook(alert("a", { annotations: { summary: "s".repeat(11 * 2 ** 20) } }))),
      {},
      413,
      undefined,
    ],
    [
      "11 MB out of 11 KB",
      gzipSync(JSON.stringify(webhook(alert("a", { annotations: { s: "s".repeat(11 * 2 ** 20) } })))),
      { "content-encoding": "gzip" },
      413,
      undefined,
    ],
    ["another type", "<alerts/>", { "content-type": "text/xml" }, 415, undefined],
    ["another encoding", "{}", { "content-encoding": "zip" }, 415, undefined],
    ["another alphabet", "{}", { "content-type": "application/json; charset=ebcdic" }, 415, undefined],
    ["broken gzip", "{}", { "content-encoding": "gzip" }, 400, ["body: expected JSON"]],
  ])("%s", async (_name, body, headers, status, at) => {
    const answer = await post(body, headers);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ error: expect.any(String), ...(at ? { at } : {}) });
    expect(broker.taken).toEqual([]);
  });

  test("8 MB are taken, though of a too large alert only what matters", async () => {
    expect((await postJson(webhook(alert("a", { annotations: { s: "s".repeat(8 * 2 ** 20) } })))).status).toBe(204);
    expect(broker.taken).toHaveLength(1);
  });
});

test("one alert that can't be understood is told, and the others are posted: Alertmanager does not retry what was refused", async () => {
  const answer = await postJson(webhook(alert("a"), { ...alert("b"), labels: { pod: "b" } }, alert("c")));
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { error: expect.any(String), at: ["alerts[1].labels: expected a label alertname"] },
  ]);
  expect(takenIds()).toHaveLength(2);
});

test("a connection is kept longer than Knative's proxy keeps it, so that no webhook meets one that is just being closed", async () => {
  const answer = await postJson(webhook(alert("a")));
  expect(answer.headers.get("keep-alive")).toBe("timeout=120");
});

test("with the Broker away the sender has to try again, and then gives the same ids", async () => {
  const body = webhook(alert("a"), alert("b"), alert("c"));
  await postJson(body);
  const ids = takenIds();
  expect(ids).toHaveLength(3);
  Object.assign(broker, { taken: [], answer: 500 });
  const answer = await postJson(body);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "5"]);
  broker.answer = 202;
  expect((await postJson(webhook(alert("c"), alert("b"), alert("a")))).status).toBe(204);
  expect(takenIds()).toEqual(ids);
});

test("with nobody at the Broker's address: 503", async () => {
  const alone = await startFunction("receive", { K_SINK: "http://127.0.0.1:9/", AUTOHEAL_RECEIVE_TOKENS: token });
  try {
    expect((await post(JSON.stringify(webhook(alert("a"))), {}, alone)).status).toBe(503);
  } finally {
    await alone.end();
  }
});

describe("what can't be held is refused unread", () => {
  const headers = (length: number, authorization = `Bearer ${token}`) =>
    `POST /alerts HTTP/1.1\r\nHost: receive\r\nAuthorization: ${authorization}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

  /** What is answered to headers whose body never comes, and when the connection is cut. */
  async function answerTo(sent: string): Promise<{ head: string; cut: Promise<unknown> }> {
    const client = connect(Number(new URL(receive.url).port), "127.0.0.1").on("error", () => undefined); // it is cut
    const cut = once(client, "close");
    client.write(sent);
    const [head] = (await once(client, "data")) as [Buffer]; // reason: no encoding is set
    return { head: head.toString(), cut };
  }

  test("without a token: 401 at once, and who goes on sending is cut", async () => {
    const { head, cut } = await answerTo(headers(10_000_000, "Bearer wrong"));
    expect(head).toMatch(/^HTTP\/1\.1 401 /);
    await cut;
  });

  test("more than fits beside what is in hand: 503 at once, with when to come again", async () => {
    const { promise, resolve: release } = Promise.withResolvers<void>();
    broker.hold = promise;
    const large = JSON.stringify(webhook(alert("a", { annotations: { s: "s".repeat(8 * 2 ** 20) } })));
    const reached = once(server, "request");
    const inHand = post(large);
    await reached;
    const { head, cut } = await answerTo(headers(large.length));
    expect(head).toMatch(/^HTTP\/1\.1 503 [\s\S]*\r\nretry-after: 5\r\n/i);
    await cut;
    const small = postJson(webhook(alert("b")));
    release();
    expect([(await inHand).status, (await small).status]).toEqual([204, 204]);
    expect((await post(large)).status).toBe(204);
  });

  test.each([["/alerts"], ["/broker"]])(
    "a sender that goes leaves no room at %s: what he sent is still in hand",
    async (path) => {
      const { promise, resolve: release } = Promise.withResolvers<void>();
      broker.hold = promise;
      const large = JSON.stringify(webhook(alert("a", { annotations: { s: "s".repeat(8 * 2 ** 20) } })));
      const reached = once(server, "request");
      const leaving = new AbortController();
      const gone = fetch(receive.url + path, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${token}`,
          "ce-id": "1",
          "ce-specversion": "1.0",
          "ce-source": "/am",
          "ce-type": "dev.autoheal.notification.received.v1",
        },
        body: large,
        signal: leaving.signal,
      }).catch(() => undefined);
      await reached;
      leaving.abort();
      await gone;
      // An answer to another connection: by then the first one is known to be closed.
      await fetch(`${receive.url}/health/live`);
      expect((await answerTo(headers(large.length))).head).toMatch(/^HTTP\/1\.1 503 /);
      release();
      await vi.waitUntil(async () => (await post(large)).status === 204, 5_000);
    },
  );

  test.each([["/alerts"], ["/broker"]])("ten million arrays at %s: 400, and not parsed", async (path) => {
    const before = peakMemoryMib(receive.pid);
    const ce = { "ce-id": "1", "ce-specversion": "1.0", "ce-source": "/am" };
    const more = { ...ce, "ce-type": "dev.autoheal.notification.received.v1" };
    const answer = await post("[".repeat(5_000_000) + "]".repeat(5_000_000), more, receive, path);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("more than 300000 objects and arrays");
    expect(peakMemoryMib(receive.pid) - before).toBeLessThan(200);
  });
});

describe("through the Broker", () => {
  const ce = {
    "ce-id": "static",
    "ce-specversion": "1.0",
    "ce-source": "/alertmanager",
    "ce-type": "dev.autoheal.notification.received.v1",
  };
  const through = (body: string, headers = {}) =>
    post(body, { ...ce, authorization: "", ...headers }, receive, "/broker");

  test("the same body gives the same events, without a token", async () => {
    await postJson(webhook(alert("a")));
    expect((await through(JSON.stringify(webhook(alert("a"))))).status).toBe(204);
    const [direct, brokered] = broker.taken;
    expect(brokered?.data).toEqual(direct?.data);
    expect(new Set(takenIds()).size).toBe(1);
  });

  test.each<[string, string, Record<string, string>, number]>([
    ["no webhook", "{}", {}, 400],
    ["not JSON", "{]", {}, 400],
    ["another event", JSON.stringify(webhook(alert("a"))), { "ce-type": "dev.autoheal.incident.due.v1" }, 400],
    ["no event", JSON.stringify(webhook(alert("a"))), { "ce-type": "" }, 400],
    ["11 MB", JSON.stringify(webhook(alert("a", { annotations: { s: "s".repeat(11 * 2 ** 20) } }))), {}, 413],
  ])("%s", async (_name, body, headers, status) => {
    expect((await through(body, headers)).status).toBe(status);
    expect(broker.taken).toEqual([]);
  });

  test.each(["id", "type", "source", "subject"])("a structured event whose %s is no text", async (name) => {
    const event = { specversion: "1.0", id: "1", source: "/am", type: ce["ce-type"], data: webhook(alert("a")) };
    const body = JSON.stringify({ ...event, [name]: { toString: 1, valueOf: 1 } });
    expect((await post(body, { "content-type": "application/cloudevents+json" }, receive, "/broker")).status).toBe(400);
    expect(broker.taken).toEqual([]);
  });

  test.each([
    ["a charset", "application/json; charset=UTF-8"],
    ["capitals", "Application/JSON"],
    ["a JSON of its own", "application/vnd.alertmanager+json"],
  ])("JSON whose type has %s is JSON", async (_name, type) => {
    expect((await through(JSON.stringify(webhook(alert("a"))), { "content-type": type })).status).toBe(204);
    expect(broker.taken).toHaveLength(1);
  });

  describe("structured", () => {
    const event = {
      specversion: "1.0",
      id: "1",
      source: "/am",
      type: ce["ce-type"],
      datacontenttype: "application/json",
    };
    const json = (pod: string) => JSON.stringify(webhook(alert(pod)));
    const structured = (body: unknown, type = "application/cloudevents+json") =>
      post(JSON.stringify(body), { "content-type": type }, receive, "/broker");

    test.each([
      ["as it is", { ...event, data: webhook(alert("a")) }, undefined],
      ["in capitals", { ...event, data: webhook(alert("a")) }, "Application/CloudEvents+JSON; charset=utf-8"],
      ["with its data in base64", { ...event, data_base64: Buffer.from(json("a")).toString("base64") }, undefined],
      ["alone in a batch", [{ ...event, data: webhook(alert("a")) }], "application/cloudevents-batch+json"],
    ])("%s: taken", async (_name, body, type) => {
      expect((await structured(body, type)).status).toBe(204);
      expect(broker.taken).toHaveLength(1);
    });

    test.each([
      ["a batch of two, of which one would be lost", [event, event], "application/cloudevents-batch+json"],
      ["an empty batch", [], "application/cloudevents-batch+json"],
      ["a batch that is none", event, "application/cloudevents-batch+json"],
      ["data that is no JSON", { ...event, data_base64: "e10=" }, undefined],
      ["null", null, undefined],
    ])("%s: 400, and nothing is posted", async (_name, body, type) => {
      const withData = Array.isArray(body) ? body.map((one) => ({ ...one, data: webhook(alert("a")) })) : body;
      expect((await structured(withData, type)).status).toBe(400);
      expect(broker.taken).toEqual([]);
    });
  });

  test("types that nobody knows are counted as one", async () => {
    for (const type of ["made.up.1", "made.up.2"]) await through("{}", { "ce-type": type });
    const metrics = await (await fetch(`${receive.url}/metrics`)).text();
    expect(metrics).not.toContain("made.up");
    expect(metrics).toMatch(/autoheal_events_total\{type="other",answer="poison"\} \d+/);
  });

  test("2 MB are taken", async () => {
    const alerts = Array.from({ length: 1000 }, (_, i) =>
      alert("a", { fingerprint: `f${i}`, annotations: { summary: "s".repeat(2000) } }),
    );
    expect((await through(JSON.stringify(webhook(...alerts)))).status).toBe(204);
  });

  test("the Broker away is 503", async () => {
    broker.answer = 503;
    expect((await through(JSON.stringify(webhook(alert("a"))))).status).toBe(503);
  });
});

test("any bytes get a status from the table", async () => {
  const type = fc.oneof(
    fc.constant("application/json"),
    fc.constantFrom("text/plain", "application/json; charset=x", "a/b", "*"),
  );
  const encoding = fc.oneof(
    { weight: 5, arbitrary: fc.constant("identity") },
    fc.constantFrom("gzip", "br", "deflate", "x"),
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.json().map((text) => new TextEncoder().encode(text)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("/alerts", "/broker"),
      type,
      encoding,
      bytes,
      async (path, contentType, contentEncoding, body) => {
        const answer = await post(
          body,
          { "content-type": contentType, "content-encoding": contentEncoding },
          receive,
          path,
        );
        expect([204, 400, 401, 413, 415, 503]).toContain(answer.status);
        await answer.arrayBuffer();
      },
    ),
    { numRuns: 200 },
  );
  expect(broker.taken).toEqual([]);
});

describe("its end and its log", () => {
  let own: FunctionProcess;
  afterEach(async () => void (await own.end("SIGKILL")));

  test("SIGTERM finishes what is in hand, and takes nothing more", async () => {
    own = await startFunction("receive", { K_SINK: sink, AUTOHEAL_RECEIVE_TOKENS: token });
    const { promise, resolve: release } = Promise.withResolvers<void>();
    broker.hold = promise;
    const reached = once(server, "request");
    const inHand = post(JSON.stringify(webhook(alert("a"))), {}, own);
    await reached;
    const ended = own.end("SIGTERM");
    await vi.waitUntil(
      () =>
        post("{}", {}, own).then(
          () => false,
          () => true,
        ),
      5000,
    );
    release();
    expect((await inHand).status).toBe(204);
    expect(await ended).toBe(0);
    expect(broker.taken).toHaveLength(1);
  });

  test.each([
    ["nothing", "", 5_000],
    ["half of its headers", "POST /alerts HTTP/1.1\r\nHost: receive\r\n", 5_000],
    [
      "half of its body",
      `POST /alerts HTTP/1.1\r\nHost: receive\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
      20_000,
    ],
  ])("SIGTERM ends it, though somebody is connected and has sent %s", async (_name, sent, withinMs) => {
    own = await startFunction("receive", { K_SINK: sink, AUTOHEAL_RECEIVE_TOKENS: token });
    const client = connect(Number(new URL(own.url).port), "127.0.0.1").on("error", () => undefined); // it is cut
    await once(client, "connect");
    client.resume().write(sent);
    // An answer to another connection: by then the first one is accepted.
    await fetch(`${own.url}/health/live`);
    const ended = own.end("SIGTERM");
    await vi.waitUntil(() => client.destroyed, withinMs);
    expect(await ended).toBe(0);
  });

  test("one line for each webhook, and no token in any", async () => {
    own = await startFunction("receive", { K_SINK: sink, AUTOHEAL_RECEIVE_TOKENS: token });
    await post(JSON.stringify(webhook(alert("a"), alert("b"))), {}, own);
    await post(JSON.stringify({ ...webhook(alert("c")), receiver: "r".repeat(100_000) }), {}, own);
    await post("{}", {}, own);
    await post("{}", { authorization: "Bearer wrong-token" }, own);
    broker.answer = 500;
    await post(JSON.stringify(webhook(alert("a"))), {}, own);
    await own.end();
    const lines = own.log.map((line) => JSON.parse(line)).slice(1);
    expect(lines).toMatchObject([
      { level: "info", msg: "webhook taken", way: "alerts", alerts: 2, events: 2, taken: 2 },
      { level: "info", msg: "webhook taken", receiver: "r".repeat(256) },
      { level: "warn", msg: "webhook refused", way: "alerts" },
      { level: "warn", msg: "webhook refused", status: 401 },
      { level: "error", msg: "webhook not taken", events: 1, taken: 0 },
    ]);
    expect(Math.max(...own.log.map((line) => line.length))).toBeLessThan(4_096);
    expect(own.log.join("\n")).not.toMatch(/first-token|wrong-token/);
  });
});

test("a bad configuration is one line, and code 1", async () => {
  await expect(startFunction("receive", { K_SINK: "broker", AUTOHEAL_RECEIVE_BROKER: "yes" })).rejects.toThrow(
    'receive ended with 1: K_SINK is "broker"; allowed: an http:// or https:// URL without user and password\nAUTOHEAL_RECEIVE_BROKER is "yes"; allowed: true or false',
  );
});

test("so is a bad level of the log", async () => {
  await expect(startFunction("receive", { K_SINK: sink, LOG_LEVEL: "verbose" })).rejects.toThrow(
    /^receive ended with 1: LOG_LEVEL is "verbose"; allowed: debug, info, warn, error, silent$/,
  );
});
