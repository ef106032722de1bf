/** Raw requests to the API server of the current kubeconfig context, each as a user of choice. For tests on a real cluster. */
import { once } from "node:events";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import https from "node:https";
import { KubeConfig } from "@kubernetes/client-node";

/** What the API server answered; `body` is parsed JSON, or text where it is none. */
export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests assert what they read.
  body: any;
}

/** One request; a PATCH is a merge patch, unless its body is a list: then it is a JSON patch. */
export type Ask = (method: string, path: string, body?: unknown) => Promise<Answer>;

/** The API server, and whom it can be asked as. */
export interface ApiServer {
  /** The kubeconfig's own user, who has to be an administrator. */
  admin: Ask;
  /** A person, whom the administrator impersonates. */
  person(name: string): Ask;
  /** A ServiceAccount by a token of its own, as its pods have one. */
  serviceAccount(namespace: string, name: string): Promise<Ask>;
  close(): void;
}

/** Requests at a time; more would only wait in the API server. */
const parallel = 16;

/** Connects to the API server; rejects where the kubeconfig names none. */
export async function connectApiServer(): Promise<ApiServer> {
  const config = new KubeConfig();
  config.loadFromDefault();
  const server = config.getCurrentCluster()?.server.replace(/\/$/, "");
  // Where there is no kubeconfig, client-node takes http://localhost:8080, as kubectl once did.
  if (!server?.startsWith("https:"))
    throw new Error(`KUBECONFIG is ${process.env.KUBECONFIG ?? "not set"}: names no cluster`);
  const administrator: https.RequestOptions = {};
  await config.applyToHTTPSOptions(administrator);
  const { ca, cert, key, headers } = administrator;
  const pool = { keepAlive: true, maxSockets: parallel, ca };
  const agents = { admin: new https.Agent({ ...pool, cert, key }), token: new https.Agent(pool) };

  const asking =
    (agent: https.Agent, user: OutgoingHttpHeaders): Ask =>
    async (method, path, body) => {
      const text = body === undefined ? "" : JSON.stringify(body);
      const framed = { "content-type": typeOf(method, body), "content-length": Buffer.byteLength(text) };
      const outgoing = https.request(server + path, {
        agent,
        method,
        headers: { accept: "application/json", ...(text === "" ? {} : framed), ...user },
      });
      outgoing.end(text);
      const [incoming] = (await once(outgoing, "response")) as [IncomingMessage]; // reason: node's own event
      let answer = "";
      for await (const chunk of incoming.setEncoding("utf8")) answer += chunk;
      const isJson = incoming.headers["content-type"]?.startsWith("application/json");
      return { status: incoming.statusCode ?? 0, body: isJson ? JSON.parse(answer) : answer };
    };

  const own = { ...headers } as OutgoingHttpHeaders; // reason: client-node sets names and values, no list
  const admin = asking(agents.admin, own);
  return {
    admin,
    person: (name) => asking(agents.admin, { ...own, "impersonate-user": name }),
    serviceAccount: async (namespace, name) => {
      const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
      const { status, body } = await admin("POST", path, { spec: { expirationSeconds: 3600 } });
      if (status !== 201) throw new Error(`no token for ${namespace}/${name}: ${JSON.stringify(body)}`);
      return asking(agents.token, { authorization: `Bearer ${body.status.token}` });
    },
    close: () => {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

function typeOf(method: string, body: unknown): string {
  if (method !== "PATCH") return "application/json";
  return Array.isArray(body) ? "application/json-patch+json" : "application/merge-patch+json";
}
