/** Server-Sent Events (WHATWG HTML, 9.2): one response that lasts, and pushes. */
import type { ServerResponse } from "node:http";

/** Between two heartbeats, in ms: proxies cut what is silent for a minute. */
const heartbeatMs = 15_000;

/** A client that reads so slowly that this much waits for it, in bytes, is cut: it comes back and gets the latest. */
const backlogBytes = 1_048_576;

/** The open streams of a process. */
export interface Streams {
  readonly size: number;
  /** Opens a stream: `begin` gets the way to push and gives what to do when the client has gone. */
  open(response: ServerResponse, begin: (push: Push) => () => void): void;
  /** Ends all: browsers come back by themselves. */
  close(): void;
}

/** Pushes one event of a type, with its data as JSON. */
export type Push = (type: string, data: unknown) => void;

/** The streams of one process. */
export function openStreams(now: () => Date): Streams {
  const responses = new Set<ServerResponse>();
  return {
    get size() {
      return responses.size;
    },
    open: (response, begin) => {
      response.writeHead(200, {
        "content-type": "text/event-stream; charset=utf-8",
        "x-accel-buffering": "no",
        connection: "close",
      });
      const push: Push = (type, data) => {
        if (response.writableLength > backlogBytes) response.destroy();
        else response.write(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
      };
      response.write("retry: 1000\n\n");
      const end = begin(push);
      const beat = setInterval(() => {
        response.write(": heartbeat\n");
        push("beat", now().toISOString());
      }, heartbeatMs);
      responses.add(response);
      response.on("close", () => {
        clearInterval(beat);
        responses.delete(response);
        end();
      });
    },
    close: () => {
      for (const response of responses) response.end();
    },
  };
}
