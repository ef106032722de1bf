import { type IncomingMessage, request } from "node:http";
import type { Connection } from "./connection.ts";
import type { Metrics } from "./metrics.ts";

export interface PeerCall {
  method?: "GET" | "POST";
  path: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
}

export interface PeerAnswer {
  status: number;
  body: unknown;
}

/** No answer from a peer: none in time, or no connection. Answers of any status are no error here. */
export class PeerError extends Error {
  readonly peer: string;
  readonly reason: "timeout" | "unreachable";

  constructor(peer: string, reason: "timeout" | "unreachable", cause: unknown) {
    super(`${peer}: ${reason}`, { cause });
    this.name = "PeerError";
    this.peer = peer;
    this.reason = reason;
  }
}

export interface Peer {
  /** Calls once and never retries, so that load at the peer is the load of its callers. */
  call(call: PeerCall): Promise<PeerAnswer>;
}

/** A client for one other service; each call is counted with its status as `code`, or `error` where no answer came. */
export function createPeer(
  name: string,
  url: URL,
  {
    connection,
    metrics,
    timeoutMilliseconds,
  }: { connection: Connection; metrics: Metrics; timeoutMilliseconds: number },
): Peer {
  return {
    async call(call) {
      const stop = metrics.clientDuration.startTimer({ peer: name });
      const signal = AbortSignal.timeout(timeoutMilliseconds);
      try {
        const answer = await send(new URL(call.path, url), call, connection, signal);
        metrics.clientRequests.inc({ peer: name, code: String(answer.status) });
        return answer;
      } catch (error) {
        metrics.clientRequests.inc({ peer: name, code: "error" });
        throw new PeerError(name, signal.aborted ? "timeout" : "unreachable", error);
      } finally {
        stop();
      }
    },
  };
}

function send(url: URL, call: PeerCall, connection: Connection, signal: AbortSignal): Promise<PeerAnswer> {
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const headers: Record<string, string> = { ...call.headers };
  if (body !== undefined) headers["content-type"] = "application/json";
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: call.method ?? "GET", headers, agent: connection.agent, signal });
    outgoing.once("error", reject);
    outgoing.once("response", (response) => read(response).then(resolve, reject));
    outgoing.end(body);
  });
}

async function read(response: IncomingMessage): Promise<PeerAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const isJson = response.headers["content-type"]?.startsWith("application/json") ?? false;
  return { status: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : text };
}
