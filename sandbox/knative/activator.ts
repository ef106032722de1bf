import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { FUNCTION_PORT, type FunctionProcess } from "./function-process.ts";

/**
 * The stable address of a function: holds each request until its process is ready, then streams it and the answer
 * through. 503 when the process cannot be started, 502 when it dies before it answered.
 */
export function activator(process: FunctionProcess, processHost: string): Server {
  return createServer(async (incoming, answer) => {
    answer.once("close", () => process.release());
    try {
      await process.acquire();
    } catch (error) {
      refuse(answer, 503, error);
      return;
    }
    if (!answer.destroyed) passOn(incoming, answer, processHost);
  });
}

function passOn(incoming: IncomingMessage, answer: ServerResponse, host: string): void {
  const { connection: _, "keep-alive": __, ...headers } = incoming.headers;
  const onward = request({
    host,
    port: FUNCTION_PORT,
    method: incoming.method,
    path: incoming.url,
    headers: { ...headers, "x-forwarded-for": incoming.socket.remoteAddress ?? "" },
    agent: false,
  });
  onward.on("response", (response) => {
    const { connection: _, "keep-alive": __, ...kept } = response.headers;
    answer.writeHead(response.statusCode ?? 502, kept);
    answer.flushHeaders(); // a stream of server-sent events may be silent for long
    response.on("error", () => answer.destroy());
    response.pipe(answer);
  });
  onward.on("error", (error) => refuse(answer, 502, error));
  answer.on("close", () => onward.destroy());
  incoming.pipe(onward);
}

function refuse(answer: ServerResponse, status: number, error: unknown): void {
  if (answer.headersSent) answer.destroy();
  else answer.writeHead(status, { "content-type": "text/plain" }).end(`activator: ${(error as Error).message}\n`); // reason: only Errors are thrown here
}
