import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connectCluster } from "./index.ts";
import { kubeconfigTransport } from "./transport.ts";

// The keys are for this test alone, and open nothing.
const fixture = (name: string) => join(import.meta.dirname, "fixtures", name);

/** An API server that speaks TLS, and whom it saw: each request with the certificate and the connection that it came by. */
let server: Server;
let seen: { path: string; by: string; connection: number; authorization: string | undefined }[];
let connections: number;
let folder: string;

beforeEach(async () => {
  seen = [];
  connections = 0;
  const numbers = new WeakMap<object, number>();
  const answer = (request: IncomingMessage) => {
    const socket = request.socket as TLSSocket; // reason: it is a server with TLS
    const { CN } = socket.getPeerCertificate().subject ?? {};
    const by = { by: String(CN ?? "nobody"), connection: numbers.get(socket) ?? 0 };
    seen.push({ path: request.url ?? "", ...by, authorization: request.headers.authorization });
  };
  server = createServer(
    {
      key: await readFile(fixture("api.key.pem")),
      cert: await readFile(fixture("api.pem")),
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      answer(request);
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ items: [], metadata: {} }));
    },
  );
  server.on("secureConnection", (socket) => {
    connections += 1;
    numbers.set(socket, connections);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  folder = await mkdtemp(join(tmpdir(), "transport-"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

/** A cluster whose user is known by what this gives. */
async function clusterOf(user: object): Promise<ReturnType<typeof connectCluster>> {
  const { port } = server.address() as AddressInfo; // reason: it listens on TCP
  const cluster = { server: `https://127.0.0.1:${port}`, "certificate-authority": fixture("api.pem") };
  const path = join(folder, "kubeconfig");
  await writeFile(
    path,
    JSON.stringify({
      clusters: [{ name: "it", cluster }],
      users: [{ name: "it", user }],
      contexts: [{ name: "it", context: { cluster: "it", user: "it" } }],
      "current-context": "it",
    }),
  );
  vi.stubEnv("KUBECONFIG", path);
  return connectCluster();
}

test("requests one after the other come over one connection", async () => {
  const cluster = await clusterOf({ token: "t" });
  for (const resource of ["pods", "services", "pods"] as const) await cluster.list(resource);
  expect(seen.map(({ authorization, connection }) => [authorization, connection])).toEqual([
    ["Bearer t", 1],
    ["Bearer t", 1],
    ["Bearer t", 1],
  ]);
  expect(connections).toBe(1);
});

test("a renewed token goes with the next request, over the same connection", async () => {
  const tokenFile = join(folder, "token");
  await writeFile(tokenFile, "first");
  const cluster = await clusterOf({ "auth-provider": { name: "tokenFile", config: { tokenFile } } });
  await cluster.list("pods");
  await writeFile(tokenFile, "second");
  // client-node reads the file again after a minute.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 120_000 });
  await cluster.list("pods").finally(() => vi.useRealTimers());
  expect(seen.map(({ authorization, connection }) => [authorization, connection])).toEqual([
    ["Bearer first", 1],
    ["Bearer second", 1],
  ]);
});

test("a renewed client certificate gets a connection of its own, and the old one is used no more", async () => {
  const command = join(folder, "credentials");
  const give = async (name: string, expires: Date) => {
    const status = {
      clientCertificateData: await readFile(fixture(`${name}.pem`), "utf8"),
      clientKeyData: await readFile(fixture(`${name}.key.pem`), "utf8"),
      expirationTimestamp: expires.toISOString(),
    };
    const credential = { apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status };
    await writeFile(command, `#!/bin/sh\ncat <<'end'\n${JSON.stringify(credential)}\nend\n`, { mode: 0o755 });
  };
  await give("client-1", new Date(0));
  const cluster = await clusterOf({
    exec: { apiVersion: "client.authentication.k8s.io/v1", command, interactiveMode: "Never" },
  });
  await cluster.list("pods");
  await give("client-2", new Date(Date.now() + 3_600_000));
  await cluster.list("pods");
  await cluster.list("services");
  expect(seen.map(({ by, connection }) => [by, connection])).toEqual([
    ["client-1", 1],
    ["client-2", 2],
    ["client-2", 2],
  ]);
});

test("a kubeconfig that names no cluster is told by load, and by the first request", async () => {
  const path = join(folder, "empty");
  await writeFile(path, JSON.stringify({ clusters: [], users: [], contexts: [] }));
  vi.stubEnv("KUBECONFIG", path);
  const cluster = connectCluster();
  const why = "KUBECONFIG: names no cluster to talk to";
  expect(() => cluster.load()).toThrow(why);
  await expect(cluster.list("pods")).rejects.toThrow(why);
});

test("a server that takes no connections any more is given up in time", async () => {
  // It listens, and never accepts: what its queue has no room for gets no answer at all.
  const program = `require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () {
    require("node:fs").writeSync(1, String(this.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  })`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  const port = Number(await once(child.stdout, "data"));
  const queue = Array.from({ length: 4 }, () => connect(port, "127.0.0.1").on("error", () => {}));
  try {
    await Promise.all(queue.slice(0, 2).map((socket) => once(socket, "connect")));
    const path = join(folder, "deaf");
    const clusters = [{ name: "it", cluster: { server: `https://127.0.0.1:${port}` } }];
    const contexts = [{ name: "it", context: { cluster: "it", user: "it" } }];
    await writeFile(path, JSON.stringify({ clusters, users: [], contexts, "current-context": "it" }));
    vi.stubEnv("KUBECONFIG", path);
    const { transport } = kubeconfigTransport();
    await expect(transport({ method: "GET", path: "/api/v1/pods", timeoutMs: 300 })).rejects.toThrow(
      "GET /api/v1/pods: no answer within 300 ms",
    );
  } finally {
    for (const socket of queue) socket.destroy();
    child.kill("SIGKILL");
  }
});
