import type { IncomingMessage } from "node:http";
import { PassThrough, Readable } from "node:stream";
import { expect, test } from "vitest";
import { clusterOver } from "./cluster.ts";
import type { Transport } from "./transport.ts";

const answering = (statusCode: number, text: string) =>
  clusterOver(
    async () => Object.assign(Readable.from([Buffer.from(text)]), { statusCode }) as unknown as IncomingMessage,
  ); // reason: all of it that is read

const regret =
  "unable to retrieve container logs for containerd://79030bf1342951430e64bf1998e2d7c0ae7858e4a369c423e995a37e051cff13";

test.each([
  ["the lines", 200, "up\ngoing down\n", "up\ngoing down\n"],
  ["an empty log", 200, "", ""],
  ["what the kubelet says of a container that was just removed", 200, regret, undefined],
  ["a program that says the same among other things", 200, `${regret}\nretrying\n`, `${regret}\nretrying\n`],
  ["no such run", 400, "{}", undefined],
  ["no such pod", 404, "{}", undefined],
])("a container's log: %s", async (_, statusCode, text, log) => {
  const read = answering(statusCode, text).log("shop", "web-1", "app", { previous: true, tailLines: 5 });
  expect(await read).toBe(log);
});

test("a watch whose server has gone without a word ends, and is told as a server that is away", async () => {
  const list = () => Readable.from([Buffer.from(JSON.stringify({ metadata: { resourceVersion: "7" }, items: [] }))]);
  const silent = new PassThrough();
  const transport: Transport = async ({ path, signal }) => {
    const watching = path.includes("watch=true");
    if (watching) signal?.addEventListener("abort", () => silent.destroy(new Error("aborted")));
    // reason: of an answer only the status and the body are read
    return Object.assign(watching ? silent : list(), { statusCode: 200 }) as unknown as IncomingMessage;
  };
  const listed: unknown[] = [];
  const watching = clusterOver(transport, 20).watch(
    "incidents",
    {},
    (objects) => listed.push(objects),
    () => undefined,
    new AbortController().signal,
  );
  await expect(watching).rejects.toMatchObject({ name: "ClusterError", reason: "Unavailable" });
  expect(listed).toEqual([[]]);
});
