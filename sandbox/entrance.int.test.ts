import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type Entrance, startEntrance } from "./entrance.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A function behind the entrance. */
async function entranceOf(behind: Server): Promise<Entrance> {
  await once(behind.listen(0, "127.0.0.1"), "listening");
  closers.push(() => behind.close());
  const { port } = behind.address() as AddressInfo; // reason: it listens on TCP
  const entrance = await startEntrance(await freePort(), `http://127.0.0.1:${port}`);
  closers.push(() => entrance.close());
  return entrance;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo; // reason: it listens on TCP
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("a function that dies in the middle of its answer ends it, so that a browser comes again", async () => {
  const behind = createServer((_request, response) => {
    response.write("event: page\n");
    setTimeout(() => response.destroy(), 50);
  });
  const { url } = await entranceOf(behind);
  const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  await expect(answer.text()).rejects.toThrow("terminated");
});

test("a client that goes ends the request behind it", async () => {
  const gone = Promise.withResolvers<void>();
  const behind = createServer((_request, response) => {
    response.on("close", gone.resolve).write("event: page\n");
  });
  const { url } = await entranceOf(behind);
  const leaving = new AbortController();
  await fetch(url, { signal: leaving.signal });
  leaving.abort();
  await gone.promise;
});

test("the next port that is free is taken, and none beyond the last there is", async () => {
  const { url } = await entranceOf(createServer((_request, response) => response.end("there")));
  const port = Number(new URL(url).port);
  const next = await startEntrance(port, url);
  closers.push(() => next.close());
  expect(Number(new URL(next.url).port)).toBeGreaterThan(port);
  expect(await (await fetch(next.url)).text()).toBe("there");

  const last = createServer();
  await once(last.listen(65_535, "127.0.0.1"), "listening");
  closers.push(() => last.close());
  await expect(startEntrance(65_535, url)).rejects.toThrow("no port from 65535 to 65535 is free");
});
