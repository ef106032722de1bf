import { SMTPServer } from "smtp-server";
import { run } from "../../lib/index.ts";

const smtpPort = 2525;
/** The most messages that are kept. */
const most = 1000;

run({
  name: "mailbox",
  version: "1.0.0",
  start({ log }) {
    const messages: string[] = [];
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS", "AUTH"],
      onData(stream, _session, done) {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          messages.push(Buffer.concat(chunks).toString());
          if (messages.length > most) messages.shift();
          done();
        });
      },
    });
    server.on("error", (error) => log("smtp", { error: String(error) }));
    server.listen(smtpPort);
    return {
      stop: () => server.close(),
      routes: [{ method: "get", path: "/messages", handle: () => ({ body: messages }) }],
    };
  },
});
