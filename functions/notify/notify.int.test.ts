import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Incident, IncidentStatus, OutboxEntry } from "@autoheal/lib/incident";
import { type FunctionProcess, startFunction } from "@autoheal/lib/process";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer } from "smtp-server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Api, startApi } from "../../sandbox/api/index.ts";
import { type Slack, startSlack } from "../lib/testing/slack/index.ts";

const botToken = "xoxb-the-bots-own-token";
const password = "the-mail-password";
const channel = "C0INCIDENT";
const root = new URL("../../", import.meta.url).pathname;

let api: Api;
let slack: Slack;
let folder: string;
let notify: FunctionProcess;
let environment: Record<string, string>;
let uid: string;
let count = 0;
let name: string;

/** A mail server that takes mail for one domain, or says what it is told to say. */
const mail = { received: [] as Email[], refusal: undefined as { responseCode: number } | undefined };
const mailServer = new SMTPServer({
  authOptional: false,
  disabledCommands: ["STARTTLS"],
  allowInsecureAuth: true,
  onAuth: (auth, _session, callback) =>
    auth.password === password ? callback(null, { user: "autoheal" }) : callback(new Error("no")),
  onRcptTo: (_address, _session, callback) =>
    callback(mail.refusal && Object.assign(new Error("not here"), mail.refusal)),
  onData: async (stream, _session, callback) => {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer); // reason: no encoding is set
    mail.received.push(await PostalMime.parse(Buffer.concat(chunks)));
    callback();
  },
});

const at = new Date().toISOString();
const anEntry = (id: string, event: OutboxEntry["event"], title: string): OutboxEntry => ({
  id,
  event,
  title,
  lines: ["exit code 1, 5 times <in> 10 minutes"],
  at,
});
const opened = anEntry("1", "opened", "user keeps crashing & burning");
const held = anEntry("2", "held", "a rollout is in progress");
const recovered = anEntry("3", "recovered", "healthy for 60 s");

const statusOf = (outbox: OutboxEntry[]): IncidentStatus => ({
  phase: "Open",
  alerts: [],
  evidence: [],
  remediations: [],
  outbox,
});

/** What diagnose does: writes entries into the outbox. */
function write(...outbox: OutboxEntry[]): void {
  const change = (draft: Incident) => {
    draft.status = { ...draft.status, ...statusOf(outbox) };
  };
  api.store.modify("incidents.autoheal.dev", "shop", name, change, { subresource: "status" });
}

const incident = () => api.store.get<Incident>("incidents.autoheal.dev", "shop", name);
const deliveries = () =>
  (incident()?.status?.deliveries ?? []).map(({ entry, channel, state }) => `${entry} ${channel} ${state}`).sort();
const events = () =>
  api.store
    .list<Record<string, unknown>>("events", { namespace: "shop" })
    .filter((event) => JSON.stringify(event).includes(uid));

async function told(
  entry: string,
  event = "incident.opened",
  to = notify,
  ref: object = { namespace: "shop", name, uid },
): Promise<number> {
  const answer = await fetch(to.url, {
    method: "POST",
    headers: {
      "ce-id": `${uid}-${entry}`,
      "ce-specversion": "1.0",
      "ce-source": "/autoheal/diagnose",
      "ce-type": `dev.autoheal.${event}.v1`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ incident: ref, entry }),
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** Delivers as Knative does: again and again until it is taken, or for 10 s. */
async function toldAtLast(entry: string, to = notify): Promise<void> {
  await vi.waitFor(async () => expect(await told(entry, "incident.opened", to)).toBe(204), {
    timeout: 10_000,
    interval: 200,
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "notify-"));
  api = await startApi({ token: "admin", readLog: async () => undefined });
  await api.apply([
    await readFile(`${root}knative/base/crds/incidents.yaml`, "utf8"),
    "apiVersion: v1\nkind: Namespace\nmetadata: { name: autoheal }",
    "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }",
    await readFile(`${root}knative/base/rbac/notify.yaml`, "utf8"),
  ]);
  api.store.create("deployments.apps", {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "user", namespace: "shop" },
    spec: {
      selector: { matchLabels: { app: "user" } },
      template: {
        metadata: { labels: { app: "user" } },
        spec: { containers: [{ name: "user", image: "autoheal/user:1.0.0" }] },
      },
    },
  });
  slack = await startSlack({ token: botToken, channels: [channel] });
  await new Promise<void>((resolve) => mailServer.listen(0, "127.0.0.1", resolve));
  const smtpPort = (mailServer.server.address() as AddressInfo).port; // reason: it listens on TCP
  const kubeconfig = join(folder, "kubeconfig");
  await writeFile(kubeconfig, api.kubeconfig({ namespace: "autoheal", serviceAccount: "notify" }));
  environment = {
    KUBECONFIG: kubeconfig,
    SLACK_BOT_TOKEN: botToken,
    SLACK_CHANNEL: channel,
    SLACK_API_URL: slack.url,
    SMTP_URL: `smtp://autoheal:${password}@127.0.0.1:${smtpPort}`,
    MAIL_FROM: "AutoHeal <autoheal@example.com>",
    MAIL_TO: "oncall@example.com, team@example.com",
    AUTOHEAL_NOTIFY_CLAIM: "1s",
  };
  notify = await startFunction("notify", environment);
});

beforeEach(() => {
  count += 1;
  name = `deployment-user-${count}`;
  slack.messages.length = 0;
  slack.calls.length = 0;
  slack.fault = undefined;
  Object.assign(mail, { received: [], refusal: undefined });
  const created = api.store.create<Incident>("incidents.autoheal.dev", {
    apiVersion: "autoheal.dev/v1alpha1",
    kind: "Incident",
    metadata: { name, namespace: "shop" },
    spec: {
      subject: "shop/Deployment/user",
      openedAt: at,
      workload: { kind: "Deployment", namespace: "shop", name: "user" },
    },
  });
  uid = created.metadata.uid;
});

afterAll(async () => {
  await notify?.end();
  await slack?.close();
  await new Promise<void>((resolve) => mailServer.close(resolve));
  await api?.close();
  await rm(folder, { recursive: true });
});

test("an entry is told once on each channel, however often its event comes", async () => {
  write(opened);
  expect(await told("1")).toBe(204);
  expect(deliveries()).toEqual(["1 email Sent", "1 event Sent", "1 slack Sent"]);
  expect(await told("1")).toBe(204);
  expect(await told("1")).toBe(204);

  expect(slack.messages).toHaveLength(1);
  expect(slack.messages[0]).toMatchObject({
    channel,
    text: "Open: shop/Deployment/user",
    attachments: [{ color: "#1A237E" }],
    metadata: { event_type: "autoheal_outbox", event_payload: { incident: uid, entry: "1" } },
  });
  expect(JSON.stringify(slack.messages[0])).toContain("*user keeps crashing &amp; burning*");

  expect(mail.received).toHaveLength(1);
  expect(mail.received[0]).toMatchObject({
    messageId: `<${uid}.1@autoheal.dev>`,
    subject: "[AutoHeal] shop/Deployment/user",
    from: { address: "autoheal@example.com", name: "AutoHeal" },
    to: [{ address: "oncall@example.com" }, { address: "team@example.com" }],
    text: expect.stringContaining("- exit code 1, 5 times <in> 10 minutes"),
    html: expect.stringContaining("exit code 1, 5 times &lt;in&gt; 10 minutes"),
  });

  expect(events()).toMatchObject([
    {
      reason: "IncidentOpened",
      type: "Warning",
      reportingComponent: "autoheal.dev/notify",
      involvedObject: {
        kind: "Deployment",
        name: "user",
        uid: api.store.get<{ metadata: { uid: string } }>("deployments.apps", "shop", "user")?.metadata.uid,
      },
    },
  ]);
});

test("an incident is one thread: later entries answer the first, which shows how it stands now", async () => {
  write(opened);
  await told("1");
  write(opened, held);
  await told("2", "incident.held");
  write(opened, held, recovered);
  await told("3", "incident.recovered");
  const [first, second, third] = slack.messages;
  expect(slack.messages).toHaveLength(3);
  expect([second?.thread_ts, third?.thread_ts]).toEqual([first?.ts, first?.ts]);
  expect(first).toMatchObject({
    text: "Recovered: shop/Deployment/user",
    attachments: [{ color: "#009688" }],
    updates: 2,
  });
  expect(first?.metadata?.event_payload).toEqual({ incident: uid, entry: "1" });
  expect(mail.received.map(({ messageId, inReplyTo, references }) => [messageId, inReplyTo, references])).toEqual([
    [`<${uid}.1@autoheal.dev>`, undefined, undefined],
    [`<${uid}.2@autoheal.dev>`, `<${uid}.1@autoheal.dev>`, `<${uid}.1@autoheal.dev>`],
    [`<${uid}.3@autoheal.dev>`, `<${uid}.1@autoheal.dev>`, `<${uid}.1@autoheal.dev>`],
  ]);
});

test("lost events are caught up by the next one, in order", async () => {
  write(opened, held, recovered);
  expect(await told("3", "incident.recovered")).toBe(204);
  expect(deliveries()).toHaveLength(9);
  expect(mail.received.map(({ messageId }) => messageId)).toEqual(
    ["1", "2", "3"].map((id) => `<${uid}.${id}@autoheal.dev>`),
  );
  expect(slack.messages.map(({ metadata }) => metadata?.event_payload.entry)).toEqual(["1", "2", "3"]);
});

test("many events at once, and another writer of the status: still one message each", async () => {
  write(opened, held);
  const label = (draft: Incident) => {
    draft.metadata.labels = { at: String(Math.random()) };
  };
  let patches = 0;
  const stop = api.intercept(({ resource, verb, subresource }, phase) => {
    if (phase !== "before" || resource !== "incidents.autoheal.dev" || verb !== "patch") return;
    expect(subresource).toBe("status");
    patches += 1;
    if (patches % 2 === 1) api.store.modify("incidents.autoheal.dev", "shop", name, label);
  });
  await Promise.all(["1", "2", "1", "2", "1"].map((entry) => told(entry)));
  stop();
  expect(patches).toBeGreaterThan(4);
  await toldAtLast("2");
  expect(slack.messages).toHaveLength(2);
  expect(mail.received).toHaveLength(2);
  expect(events()).toHaveLength(2);
});

test("an event that comes many times while its message is being told waits for one more look, not for one each", async () => {
  write(opened);
  const open = Promise.withResolvers<void>();
  let reads = 0;
  const stop = api.intercept(async ({ resource, verb }, phase) => {
    if (phase !== "before" || resource !== "incidents.autoheal.dev" || verb !== "get") return undefined;
    reads += 1;
    if (reads === 1) await open.promise;
    return undefined;
  });
  const first = told("1");
  await vi.waitFor(() => expect(reads).toBe(1));
  const others = Array.from({ length: 20 }, () => told("1"));
  // It answers in the order of arrival, so that they are in hand then.
  await fetch(new URL("/health/live", notify.url));
  open.resolve();
  expect(new Set(await Promise.all([first, ...others]))).toEqual(new Set([204]));
  stop();
  expect(reads).toBeLessThan(10);
  expect(slack.messages).toHaveLength(1);
});

test("two processes at once: still one message each", async () => {
  const other = await startFunction("notify", environment);
  try {
    write(opened, held);
    await Promise.all([told("1"), told("1", "incident.opened", other), told("2"), told("2", "incident.held", other)]);
    await toldAtLast("2");
    expect(deliveries()).toHaveLength(6);
    expect(slack.messages).toHaveLength(2);
    expect(mail.received).toHaveLength(2);
  } finally {
    await other.end();
  }
});

describe("killed between sending and its record", () => {
  let own: FunctionProcess;
  afterEach(async () => void (await own.end("SIGKILL")));

  test.each([
    ["the first message of a thread", [opened]],
    ["a reply", [opened, held]],
  ])("%s is found at Slack, and not sent again", async (_name, outbox) => {
    if (outbox.length > 1) {
      write(opened);
      await told("1");
    }
    own = await startFunction("notify", environment);
    write(...outbox);
    slack.fault = (method, phase) => {
      if (method !== "chat.postMessage" || phase !== "written") return undefined;
      process.kill(own.pid, "SIGKILL");
      return { cut: true };
    };
    const last = outbox.at(-1)?.id ?? "";
    await expect(told(last, "incident.opened", own)).rejects.toThrow();
    await own.end("SIGKILL");
    expect(deliveries()).toContain(`${last} slack Sending`);
    slack.fault = undefined;

    await toldAtLast(last);
    expect(deliveries()).toHaveLength(outbox.length * 3);
    expect(deliveries().filter((one) => !one.endsWith("Sent"))).toEqual([]);
    expect(slack.messages).toHaveLength(outbox.length);
    const reference = incident()?.status?.deliveries?.find(
      (one) => one.entry === last && one.channel === "slack",
    )?.reference;
    expect(reference).toBe(`${channel}/${slack.messages.at(-1)?.ts}`);
    // An email can't be looked up; a second copy has the same Message-ID.
    expect(new Set(mail.received.map(({ messageId }) => messageId)).size).toBe(outbox.length);
    expect(events()).toHaveLength(outbox.length);
  });
});

describe("a receiver that is away", () => {
  test.each<[string, Slack["fault"]]>([
    ["busy", () => ({ status: 429, headers: { "retry-after": "30" } })],
    ["down", () => ({ status: 503 })],
    [
      "gone in the middle of it, with the message written",
      (method, phase) => (method === "chat.postMessage" && phase === "written" ? { cut: true } : undefined),
    ],
    ["in trouble of its own", (_method, phase) => (phase === "before" ? { error: "service_unavailable" } : undefined)],
  ])("Slack %s: the others are told, and Slack once, when it is back", async (_name, fault) => {
    write(opened);
    slack.fault = fault;
    expect(await told("1")).toBe(503);
    expect(deliveries().filter((one) => one.endsWith("Sent"))).toEqual(["1 email Sent", "1 event Sent"]);
    slack.fault = undefined;
    await toldAtLast("1");
    expect(deliveries()).toEqual(["1 email Sent", "1 event Sent", "1 slack Sent"]);
    expect(slack.messages).toHaveLength(1);
    expect(mail.received).toHaveLength(1);
  });

  test("Slack too busy to say whether it has a message: it is not sent again before it has said so", async () => {
    write(opened);
    slack.fault = (method, phase) => (method === "chat.postMessage" && phase === "written" ? { cut: true } : undefined);
    expect(await told("1")).toBe(503);
    slack.fault = (method) =>
      method === "conversations.history" ? { status: 429, headers: { "retry-after": "30" } } : undefined;
    await vi.waitUntil(async () => {
      expect(await told("1")).toBe(503);
      return slack.calls.includes("conversations.history");
    }, 10_000);
    expect(deliveries()).toContain("1 slack Sending");
    expect(await told("1")).toBe(503);
    slack.fault = undefined;
    await toldAtLast("1");
    expect(slack.messages).toHaveLength(1);
  });

  test("nobody at Slack's address: told once, when somebody is", async () => {
    const port = Number(new URL(slack.url).port);
    await slack.close();
    write(opened);
    expect(await told("1")).toBe(503);
    expect(deliveries()).toEqual(["1 email Sent", "1 event Sent", "1 slack Away"]);
    slack = await startSlack({ token: botToken, channels: [channel], port });
    expect(await told("1")).toBe(204);
    expect(slack.messages).toHaveLength(1);
  });

  test("the mail server busy: 503, later told", async () => {
    mail.refusal = { responseCode: 451 };
    write(opened);
    expect(await told("1")).toBe(503);
    expect(deliveries()).toEqual(["1 email Away", "1 event Sent", "1 slack Sent"]);
    mail.refusal = undefined;
    expect(await told("1")).toBe(204);
    expect(mail.received).toHaveLength(1);
    expect(slack.messages).toHaveLength(1);
  });

  test("a mail server that talks and talks, and never comes to its point: given up, and told later", async () => {
    const talking = new Set<NodeJS.Timeout>();
    const talker = createServer((socket) => {
      socket.resume().on("error", () => undefined); // it is cut
      socket.write("220 here\r\n");
      const timer = setInterval(() => socket.write("250-and another thing\r\n"), 300);
      talking.add(timer);
      socket.on("close", () => {
        clearInterval(timer);
        talking.delete(timer);
      });
    });
    await new Promise<void>((resolve) => talker.listen(0, "127.0.0.1", resolve));
    const { port } = talker.address() as AddressInfo; // reason: it listens on TCP
    const own = await startFunction("notify", { ...environment, SMTP_URL: `smtp://127.0.0.1:${port}` });
    try {
      write(opened);
      const begun = performance.now();
      expect(await told("1", "incident.opened", own)).toBe(503);
      expect(performance.now() - begun).toBeLessThan(7_500);
      expect(deliveries()).toEqual(["1 email Away", "1 event Sent", "1 slack Sent"]);
      await vi.waitUntil(() => talking.size === 0, 5_000);
    } finally {
      await own.end();
      talker.close();
    }
    expect(await told("1")).toBe(204);
    expect(mail.received).toHaveLength(1);
  });

  test("the root's update away: the entry is not told before the root agrees", async () => {
    write(opened);
    await told("1");
    write(opened, held);
    slack.fault = (method) => (method === "chat.update" ? { error: "internal_error" } : undefined);
    expect(await told("2")).toBe(503);
    slack.fault = undefined;
    await toldAtLast("2");
    expect(slack.messages).toHaveLength(2);
    expect(slack.messages[0]?.text).toBe("Held: shop/Deployment/user");
  });

  test("the API server away: 503, and nothing is sent", async () => {
    write(opened);
    const stop = api.intercept(() => ({ drop: true }));
    expect(await told("1")).toBe(503);
    stop();
    expect([slack.messages, mail.received]).toEqual([[], []]);
    expect(await told("1")).toBe(204);
  });
});

describe("a receiver that refuses", () => {
  test("Slack: recorded, logged, and no hindrance to the others or to what comes later", async () => {
    write(opened, held);
    slack.fault = () =>
      incident()?.status?.deliveries?.some((one) => one.entry === "1" && one.state === "Refused")
        ? undefined
        : { error: "channel_not_found" };
    expect(await told("1")).toBe(204);
    expect(deliveries()).toEqual([
      "1 email Sent",
      "1 event Sent",
      "1 slack Refused",
      "2 email Sent",
      "2 event Sent",
      "2 slack Sent",
    ]);
    expect(slack.messages).toHaveLength(1);
    expect(slack.messages[0]?.thread_ts).toBeUndefined();
    const lines = notify.log.filter((line) => line.includes("channel_not_found")).map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      {
        level: "error",
        msg: "the receiver refuses this, it is not sent",
        channel: "slack",
        told: "opened",
        why: "channel_not_found",
      },
    ]);
    const metrics = await (await fetch(`${notify.url}/metrics`)).text();
    expect(metrics).toContain('autoheal_notifications_total{channel="slack",result="refused"} 1');
  });

  test("the mail server: recorded", async () => {
    write(opened);
    mail.refusal = { responseCode: 550 };
    expect(await told("1")).toBe(204);
    expect(deliveries()).toEqual(["1 email Refused", "1 event Sent", "1 slack Sent"]);
  });
});

test.each<[string, number, () => Promise<number>]>([
  ["an event of another type", 400, () => told("1", "remedy.requested")],
  ["an event without an incident", 400, () => told("1", "incident.opened", notify, {})],
  [
    "an incident that is gone",
    204,
    () => told("1", "incident.opened", notify, { namespace: "shop", name: "gone", uid }),
  ],
  [
    "another incident of the same name",
    204,
    () => told("1", "incident.opened", notify, { namespace: "shop", name, uid: "other" }),
  ],
])("%s: %i, and nothing is sent", async (_name, status, ask) => {
  write(opened);
  expect(await ask()).toBe(status);
  expect([slack.calls, mail.received, deliveries()]).toEqual([[], [], []]);
});

test("without Slack and email there are still Kubernetes Events", async () => {
  const bare = await startFunction("notify", { KUBECONFIG: environment.KUBECONFIG ?? "" });
  try {
    write(opened);
    expect(await told("1", "incident.opened", bare)).toBe(204);
    expect(deliveries()).toEqual(["1 event Sent"]);
  } finally {
    expect(await bare.end()).toBe(0);
  }
});

test.each([
  [
    "a channel's name",
    { SLACK_BOT_TOKEN: botToken, SLACK_CHANNEL: "#alerts" },
    'SLACK_CHANNEL is "#alerts"; allowed: a channel\'s id',
  ],
  ["a channel without a token", { SLACK_CHANNEL: channel }, "SLACK_BOT_TOKEN is not set"],
  ["a mail server that is none", { SMTP_URL: `http://autoheal:${password}@mail` }, "SMTP_URL can't be used"],
  ["mail to nobody", { SMTP_URL: "smtp://mail", MAIL_FROM: "a@b" }, "MAIL_TO is not set"],
])("%s is a bad configuration, told without secrets", async (_name, wrong, line) => {
  const failed = await startFunction("notify", { KUBECONFIG: environment.KUBECONFIG ?? "", ...wrong }).catch(String);
  expect(failed).toContain(`notify ended with 1: ${line}`);
  expect(failed).not.toMatch(new RegExp(`${password}|${botToken}`));
});

test("no token, password or message was ever logged", () => {
  expect(notify.log.length).toBeGreaterThan(10);
  expect(notify.log.join("\n")).not.toMatch(new RegExp(`${password}|${botToken}|keeps crashing`));
});
