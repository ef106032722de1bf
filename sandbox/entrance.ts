import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream";

/** The address that a person opens: forwards to a function, which starts on the first request. */
export interface Entrance {
  url: string;
  close(): Promise<void>;
}

/** How many ports are tried when the first is taken. */
const ports = 20;

/** Serves `target` at `http://localhost:<port>`, or at the next free port. */
export async function startEntrance(port: number, target: string): Promise<Entrance> {
  const server = createServer((incoming, outgoing) => {
    const passed = forward(
      new URL(incoming.url ?? "/", target),
      { method: incoming.method ?? "GET", headers: incoming.headers, agent: false },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        // Unlike pipe, it ends the one when the other ends too soon.
        pipeline(answer, outgoing, () => undefined);
      },
    );
    passed.on("error", () => (outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(502).end()));
    outgoing.on("close", () => passed.destroy());
    incoming.pipe(passed);
  });
  const last = Math.min(port + ports, 65_535);
  for (let candidate = port; ; candidate++) {
    if (candidate > last) throw new Error(`no port from ${port} to ${last} is free: --port says where else to look`);
    const failed = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      server.once("error", resolve);
      server.listen(candidate, "127.0.0.1", () => {
        server.off("error", resolve);
        resolve(undefined);
      });
    });
    if (!failed) break;
    if (failed.code !== "EADDRINUSE") throw failed;
  }
  const { port: taken } = server.address() as AddressInfo; // reason: it listens on TCP
  return {
    url: `http://localhost:${taken}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
