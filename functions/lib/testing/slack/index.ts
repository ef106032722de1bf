/**
 * A small Slack for tests: the few methods of its Web API that AutoHeal calls, with Slack's own checks and words for errors.
 * One workspace, any number of channels, nothing kept on disk.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { blocksProblem } from "./blocks.ts";

export { blocksProblem } from "./blocks.ts";

/** A message as it stands in a channel. */
export interface StoredMessage {
  channel: string;
  ts: string;
  thread_ts?: string;
  text: string;
  blocks: unknown[];
  attachments: { color?: string; blocks?: unknown[] }[];
  metadata?: { event_type: string; event_payload: Record<string, unknown> };
  /** How often it was replaced. */
  updates: number;
}

/** What a test makes go wrong: called for each request before it is carried out, or, for what writes, after. */
export type Fault = (method: string, phase: "before" | "written", given: Parameters) => FaultAnswer | undefined;

/** An error word of Slack's, an HTTP status, or the end of the connection. */
export type FaultAnswer = { error: string } | { status: number; headers?: Record<string, string> } | { cut: true };

/** A running Slack. */
export interface Slack {
  /** For SLACK_API_URL. */
  url: string;
  messages: StoredMessage[];
  /** Every method that was called, in order. */
  calls: string[];
  fault: Fault | undefined;
  close(): Promise<void>;
}

type Parameters = Record<string, string | undefined>;

/** Serves a Slack that knows one bot token and these channels, on a free port, or this one. */
export async function startSlack(options: {
  token: string;
  channels: readonly string[];
  host?: string;
  port?: number;
}): Promise<Slack> {
  const messages: StoredMessage[] = [];
  const calls: string[] = [];
  let count = 0;

  const methods: Record<string, (given: Parameters) => object> = {
    "auth.test": () => ({ ok: true, team: "sandbox", user: "autoheal", bot_id: "B0AUTOHEAL" }),
    "chat.postMessage": (given) => {
      const content = contentOf(given);
      if ("error" in content) return content;
      count += 1;
      const ts = `${Math.floor(Date.now() / 1000)}.${String(count).padStart(6, "0")}`;
      const thread = given.thread_ts ? { thread_ts: given.thread_ts } : {};
      if (given.thread_ts && !find(given.channel, given.thread_ts)) return { ok: false, error: "thread_not_found" };
      messages.push({ channel: given.channel ?? "", ts, ...thread, ...content, updates: 0 });
      return { ok: true, channel: given.channel, ts };
    },
    "chat.update": (given) => {
      const content = contentOf(given);
      if ("error" in content) return content;
      const message = find(given.channel, given.ts);
      if (!message) return { ok: false, error: "message_not_found" };
      Object.assign(message, content, { updates: message.updates + 1 });
      return { ok: true, channel: given.channel, ts: message.ts };
    },
    "conversations.history": (given) =>
      page(
        given,
        messages.filter(
          (one) => one.channel === given.channel && !one.thread_ts && Number(one.ts) > Number(given.oldest ?? 0),
        ),
      ),
    "conversations.replies": (given) => {
      if (!find(given.channel, given.ts)) return { ok: false, error: "thread_not_found" };
      return page(
        given,
        messages.filter((one) => one.channel === given.channel && (one.ts === given.ts || one.thread_ts === given.ts)),
      );
    },
  };

  function find(channel: string | undefined, ts: string | undefined): StoredMessage | undefined {
    return messages.find((one) => one.channel === channel && one.ts === ts);
  }

  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const method = (request.url ?? "").replace(/^.*\//, "");
    const given: Parameters = Object.fromEntries(new URLSearchParams(await textOf(request)));
    calls.push(method);
    const carryOut = methods[method];
    const before = slack.fault?.(method, "before", given);
    if (before) return answer(response, before);
    if (!carryOut) return answer(response, { error: "unknown_method" });
    if (request.headers.authorization !== `Bearer ${options.token}`) return answer(response, { error: "invalid_auth" });
    if (method !== "auth.test" && !options.channels.includes(given.channel ?? ""))
      return answer(response, { error: "channel_not_found" });
    const result = carryOut(given);
    const after = slack.fault?.(method, "written", given);
    if (after) return answer(response, after);
    response.setHeader("content-type", "application/json").end(JSON.stringify(result));
  });
  server.listen(options.port ?? 0, options.host ?? "127.0.0.1");
  await once(server, "listening");
  const { address, port } = server.address() as AddressInfo; // reason: it listens on TCP

  const slack: Slack = {
    url: `http://${address}:${port}/api/`,
    messages,
    calls,
    fault: undefined,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return slack;
}

function answer(response: ServerResponse, fault: FaultAnswer): void {
  if ("cut" in fault) response.destroy();
  else if ("status" in fault) response.writeHead(fault.status, fault.headers).end("");
  else response.setHeader("content-type", "application/json").end(JSON.stringify({ ok: false, error: fault.error }));
}

type Content = Pick<StoredMessage, "text" | "blocks" | "attachments" | "metadata">;

function contentOf(given: Parameters): Content | { ok: false; error: string } {
  const blocks = JSON.parse(given.blocks ?? "[]");
  const attachments = JSON.parse(given.attachments ?? "[]");
  const metadata = given.metadata ? { metadata: JSON.parse(given.metadata) } : {};
  if (!given.text && blocks.length === 0 && attachments.length === 0) return { ok: false, error: "no_text" };
  if (blocksProblem(blocks, attachments)) return { ok: false, error: "invalid_blocks" };
  return { text: given.text ?? "", blocks, attachments, ...metadata };
}

/** Newest first, metadata only where it was asked for, as Slack does. */
function page(given: Parameters, found: StoredMessage[]): object {
  const newest = [...found].reverse();
  const from = Number(given.cursor ?? 0);
  const to = from + Number(given.limit ?? 100);
  const shown = newest.slice(from, to).map(({ updates: _, metadata, ...message }) => ({
    ...message,
    ...(given.include_all_metadata === "true" && metadata ? { metadata } : {}),
  }));
  return { ok: true, messages: shown, response_metadata: { next_cursor: to < newest.length ? String(to) : "" } };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  request.setEncoding("utf8");
  for await (const chunk of request) text += chunk;
  return text;
}
