import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startFunction } from "@autoheal/lib/process";
import { expect, test } from "vitest";

const environment = { K_SINK: "http://127.0.0.1:9/", AUTOHEAL_RECEIVE_TOKENS: "a-token" };

test.each([
  [
    "an address of another machine",
    { HOST: "192.0.2.1" },
    'HOST is "192.0.2.1"; allowed: an address of this machine, or a name of one',
  ],
  [
    "no name",
    { HOST: "no such host" },
    'HOST is "no such host"; allowed: an address of this machine, or a name of one',
  ],
  ["no port", { PORT: "http" }, 'PORT is "http"; allowed: a whole number from 0 to 65535'],
])("%s: one line that names the variable, and code 1", async (_name, bad, line) => {
  await expect(startFunction("receive", { ...environment, ...bad })).rejects.toThrow(
    new Error(`receive ended with 1: ${line}`),
  );
});

test("a port that is taken: one line that names the variable, and code 1", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo; // reason: it listens on TCP
  try {
    await expect(startFunction("receive", { ...environment, PORT: String(port) })).rejects.toThrow(
      new Error(`receive ended with 1: PORT is "${port}", which another process listens at; allowed: a free port`),
    );
  } finally {
    other.close();
  }
});
