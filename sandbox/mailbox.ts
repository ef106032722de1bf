import { SMTPServer } from "smtp-server";

/** A real SMTP server that keeps what it is sent. */
export interface Mailbox {
  url: string;
  /** The messages so far, as they were sent (RFC 5322). */
  messages(): readonly string[];
  close(): Promise<void>;
}

/** The most messages that are kept. */
const mostMessages = 1000;

/** Starts a mailbox at `host`:2525. */
export async function startMailbox(host: string): Promise<Mailbox> {
  const messages: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        messages.push(Buffer.concat(chunks).toString("utf8"));
        if (messages.length > mostMessages) messages.shift();
        done();
      });
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(2525, host, resolve);
  });
  // Also the errors of its connections end here: a sender that is killed sends again, which is all there is to say.
  server.on("error", () => undefined);
  return {
    url: `smtp://${host}:2525`,
    messages: () => messages,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
