import { once } from "node:events";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startMailbox } from "./mailbox.ts";

test("senders that are killed in the middle of their mail don't end the mailbox", async () => {
  const mailbox = await startMailbox("127.0.0.1");
  onTestFinished(() => mailbox.close());
  for (let times = 0; times < 3; times++) {
    const sender = connect(2525, "127.0.0.1");
    await once(sender, "data");
    for (const line of ["EHLO killed", "MAIL FROM:<a@b.c>"]) {
      sender.write(`${line}\r\n`);
      await once(sender, "data");
    }
    sender.resetAndDestroy();
    await once(sender, "close");
  }
  const next = connect(2525, "127.0.0.1").setEncoding("utf8");
  const [greeting] = await once(next, "data");
  next.destroy();
  expect(greeting).toMatch(/^220 /);
  expect(mailbox.messages()).toEqual([]);
});
