import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

const USUAL_PORT = 6443; // kube-apiserver's own
const OTHER_PORT = 16443;

/** The port of every sandbox's API: 6443, or 16443 where a real API server holds that one on all addresses (k3s does). */
export async function apiPort(): Promise<number> {
  const server = createServer();
  // Beyond the subnets that sandboxes take, and another one each time, since others may be asking too.
  const nobodys = `127.255.${randomInt(256)}.${randomInt(1, 255)}`;
  try {
    await once(server.listen(USUAL_PORT, nobodys), "listening");
    return USUAL_PORT;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error; // reason: node's own errors
    return OTHER_PORT;
  } finally {
    server.close();
  }
}
