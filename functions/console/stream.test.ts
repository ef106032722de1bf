import { EventEmitter } from "node:events";
import type { ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import { openStreams, type Push, streamEvent } from "./stream.ts";

const mib = 1_048_576;

/** A client that reads at once, or never: what it was sent, and whether it was cut. */
class Client extends EventEmitter {
  sent: string[] = [];
  destroyed = false;
  readonly reads: boolean;
  push: Push = () => undefined;
  constructor(reads: boolean) {
    super();
    this.reads = reads;
  }
  get writableLength(): number {
    return this.reads ? 0 : this.sent.reduce((bytes, text) => bytes + text.length, 0);
  }
  writeHead(): void {}
  write(text: string): void {
    this.sent.push(text);
  }
  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

const open: Client[] = [];
afterEach(() => {
  for (const client of open.splice(0)) client.destroy();
});

function connect(streams: ReturnType<typeof openStreams>, reads: boolean): Client {
  const client = new Client(reads);
  // reason: a stream writes, asks whether there is room, and hears that it is closed: no more of a response
  streams.open(client as unknown as ServerResponse, (push) => {
    client.push = push;
    return () => undefined;
  });
  open.push(client);
  return client;
}

const large = streamEvent("status", "s".repeat(mib));

test("an event is text of one line of data, whatever is in it", () => {
  expect(streamEvent("page", { html: "a\r\n\ndata: b" }).text).toBe(
    'event: page\ndata: {"html":"a\\r\\n\\ndata: b"}\n\n',
  );
});

test("who reads gets everything", () => {
  const client = connect(
    openStreams(() => new Date(0)),
    true,
  );
  for (let i = 0; i < 40; i += 1) client.push(large);
  expect([client.destroyed, client.sent.length]).toEqual([false, 41]);
});

test("who never reads is cut when a mebibyte waits", () => {
  const streams = openStreams(() => new Date(0));
  const client = connect(streams, false);
  client.push(large);
  expect([client.destroyed, streams.size]).toEqual([false, 1]);
  client.push(large);
  expect([client.destroyed, streams.size]).toEqual([true, 0]);
});

test("many who never read take no more than 16 MiB together, and cost no reader anything", () => {
  const streams = openStreams(() => new Date(0));
  const reader = connect(streams, true);
  const deaf = Array.from({ length: 200 }, () => connect(streams, false));
  for (const client of [reader, ...deaf]) client.push(large);
  const waiting = deaf
    .filter(({ destroyed }) => !destroyed)
    .reduce((sum, { writableLength }) => sum + writableLength, 0);
  expect(waiting).toBeLessThan(18 * mib);
  reader.push(large);
  expect(reader.destroyed).toBe(false);
});
