import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { wantPorts } from "./port.ts";

let other: ReturnType<typeof createServer>;
beforeEach(() => {
  other = createServer();
});
afterEach(() => void other.close());

/** The port that another program listens at, on this address. */
async function heldOn(address: string): Promise<number> {
  await once(other.listen(0, address), "listening");
  return (other.address() as AddressInfo).port; // reason: it listens on TCP
}

test.each(["0.0.0.0", "::"])("a port that another program holds on %s is refused in one sentence", async (address) => {
  const port = await heldOn(address);
  await expect(wantPorts([port])).rejects.toThrow(
    `port ${port} is held by another program on every address of this machine, so the sandbox can't have it on its own (127.*): end that program, or let it listen on 127.0.0.1 alone`,
  );
});

test("one that is held on 127.0.0.1 alone disturbs nobody", async () => {
  await expect(wantPorts([await heldOn("127.0.0.1")])).resolves.toBeUndefined();
});
