import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";

/** What an API server answered; `body` is parsed JSON, or text where it is none. */
export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the suite asserts what it reads.
  body: any;
}

/** One line of a watch. */
export interface Line {
  type: string;
  object: Answer["body"];
}

/** Raw requests to the API server of a kubeconfig's current context, as its user. */
export interface Connection {
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Reads a watch until `enough` lines have come or the deadline has passed. */
  watch(path: string, enough: number, deadlineMs?: number): Promise<Line[]>;
  close(): void;
}

const WATCH_DEADLINE_MS = 10_000;

/** Connects with whatever credentials client-node finds in a kubeconfig; throws where it names no cluster. */
export async function connect(config: KubeConfig): Promise<Connection> {
  const server = config.getCurrentCluster()?.server.replace(/\/$/, "");
  if (!server) throw new Error("the kubeconfig names no cluster");
  const { request, Agent } = server.startsWith("https:") ? https : http;
  const credentials: https.RequestOptions = {};
  await config.applyToHTTPSOptions(credentials);
  const agent = new Agent({ keepAlive: true });
  const open = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const text = body === undefined ? "" : JSON.stringify(body);
    // Without its length, node would send the body of a DELETE unframed.
    const length = text === "" ? {} : { "content-length": Buffer.byteLength(text) };
    const outgoing = request(server + path, {
      ...credentials,
      agent,
      method,
      headers: { accept: "application/json", "content-type": type, ...length, ...credentials.headers, ...headers },
    });
    outgoing.end(text);
    const [incoming] = (await once(outgoing, "response")) as [http.IncomingMessage]; // node's own event
    return incoming.setEncoding("utf8");
  };
  return {
    ask: async (method, path, body, headers) => {
      const incoming = await open(method, path, body, headers);
      let text = "";
      for await (const chunk of incoming) text += chunk;
      const isJson = incoming.headers["content-type"]?.startsWith("application/json");
      return { status: incoming.statusCode ?? 0, body: isJson ? JSON.parse(text) : text };
    },
    watch: async (path, enough, deadlineMs = WATCH_DEADLINE_MS) => {
      const incoming = await open("GET", path);
      const timer = setTimeout(() => incoming.destroy(), deadlineMs);
      const lines: Line[] = [];
      let rest = "";
      try {
        for await (const chunk of incoming) {
          const parts = (rest + chunk).split("\n");
          rest = parts.pop() ?? "";
          lines.push(...parts.map((part) => JSON.parse(part)));
          if (lines.length >= enough) break;
        }
      } catch (error) {
        if (!incoming.destroyed) throw error;
      } finally {
        clearTimeout(timer);
        incoming.destroy();
      }
      return lines;
    },
    close: () => agent.destroy(),
  };
}
