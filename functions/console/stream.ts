/** Server-Sent Events (WHATWG HTML, 9.2): one response that lasts, and pushes. */
import type { ServerResponse } from "node:http";

/** Between two heartbeats, in ms: proxies cut what is silent for a minute. */
const heartbeatMs = 15_000;

/** A client that reads so slowly that this much waits for it, in bytes, is cut: it comes back and gets the latest. */
const backlogBytes = 1_048_576;

/** When so much waits for all clients together, in bytes, those that most waits for are cut: the console has 256 MiB. */
const allBacklogBytes = 16 * 1_048_576;

/** The open streams of a process. */
export interface Streams {
  readonly size: number;
  /** Opens a stream: `begin` gets the way to push and gives what to do when the client has gone. */
  open(response: ServerResponse, begin: (push: Push) => () => void): void;
  /** Ends all: browsers come back by themselves. */
  close(): void;
}

/** Pushes one event. */
export type Push = (event: StreamEvent) => void;

/** An event as it is sent: put together once, however many get it. */
export interface StreamEvent {
  readonly text: string;
}

/** An event of a type, with its data as JSON. */
export function streamEvent(type: string, data: unknown): StreamEvent {
  return { text: `event: ${type}\ndata: ${JSON.stringify(data)}\n\n` };
}

/** The streams of one process. */
export function openStreams(now: () => Date): Streams {
  const responses = new Set<ServerResponse>();
  const cut = (response: ServerResponse) => {
    responses.delete(response);
    response.destroy();
  };
  const makeRoom = () => {
    const slowest = [...responses].sort((a, b) => b.writableLength - a.writableLength);
    let waiting = slowest.reduce((bytes, { writableLength }) => bytes + writableLength, 0);
    for (const response of slowest) {
      if (waiting <= allBacklogBytes) return;
      waiting -= response.writableLength;
      cut(response);
    }
  };
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
      const push: Push = ({ text }) => {
        if (response.writableLength > backlogBytes) return cut(response);
        makeRoom();
        if (!response.destroyed) response.write(text);
      };
      response.write("retry: 1000\n\n");
      const end = begin(push);
      const beat = setInterval(() => {
        response.write(": heartbeat\n");
        push(streamEvent("beat", now().toISOString()));
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
