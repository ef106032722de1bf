import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import type { Store } from "./api/index.ts";
import { breakages, breakService } from "./breakage.ts";
import { repository } from "./manifests.ts";

/** Where a running sandbox says how it is reached. */
const stateFile = join(repository, ".cache", "sandbox.json");

/** How `npm run break` reaches the sandbox that runs. */
export interface Control {
  url: string;
  close(): Promise<void>;
}

/**
 * Takes `POST /break {fault, service}` on the sandbox's own loopback address, and says where in a file of the project; what was
 * done is told, a line each, with the fault.
 */
export async function startControl(
  host: string,
  store: Store,
  namespace: string,
  tell: (fault: string, line: string) => void,
): Promise<Control> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer); // reason: no encoding is set
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    try {
      const { fault, service } = JSON.parse(Buffer.concat(chunks).toString()) as { fault: string; service: string }; // reason: tested below
      const breakage = Object.hasOwn(breakages, fault) ? breakages[fault] : undefined;
      if (request.method !== "POST" || request.url !== "/break") answer(404, { error: "POST /break is all there is" });
      else if (!breakage) answer(400, { error: `no fault ${fault}; there are ${Object.keys(breakages).join(", ")}` });
      else {
        const done = await breakService(store, breakage, { namespace, service });
        for (const line of done) tell(fault, line);
        answer(200, { done });
      }
    } catch (error) {
      answer(400, { error: error instanceof Error ? error.message : String(error) });
    }
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(8080, host, resolve));
  const url = `http://${host}:8080`;
  mkdirSync(join(repository, ".cache"), { recursive: true });
  writeFileSync(stateFile, JSON.stringify({ url, pid: process.pid }));
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        if (runningSandbox()?.url === url) rmSync(stateFile, { force: true });
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The sandbox that was started last from this folder; undefined when none runs. */
export function runningSandbox(): { url: string; pid: number } | undefined {
  try {
    const state = JSON.parse(readFileSync(stateFile, "utf8")) as { url: string; pid: number }; // reason: written above
    process.kill(state.pid, 0);
    return state;
  } catch {
    return undefined; // reason: no file, or no such process: both mean that none runs
  }
}
