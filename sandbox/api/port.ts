import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

const USUAL_PORT = 6443; // kube-apiserver's own
const OTHER_PORT = 16443;

/** The port of every sandbox's API: 6443, or 16443 where a real API server holds that one on all addresses (k3s does). */
export async function apiPort(): Promise<number> {
  return (await isHeldEverywhere(USUAL_PORT)) ? OTHER_PORT : USUAL_PORT;
}

/** Rejects with a sentence where another program holds one of these ports on all addresses: then no sandbox can have it on its own. */
export async function wantPorts(ports: readonly number[]): Promise<void> {
  const held = await Promise.all(ports.map(async (port) => ((await isHeldEverywhere(port)) ? [port] : [])));
  const [port] = held.flat();
  if (port === undefined) return;
  throw new Error(
    `port ${port} is held by another program on every address of this machine, so the sandbox can't have it on its own (127.*): end that program, or let it listen on 127.0.0.1 alone`,
  );
}

async function isHeldEverywhere(port: number): Promise<boolean> {
  const server = createServer();
  // Beyond the subnets that sandboxes take, and another one each time, since others may be asking too.
  const nobodys = `127.255.${randomInt(256)}.${randomInt(1, 255)}`;
  try {
    await once(server.listen(port, nobodys), "listening");
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error; // reason: node's own errors
    return true;
  } finally {
    server.close();
  }
}
