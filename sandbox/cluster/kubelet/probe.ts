import { Agent, request } from "node:http";
import type { Container, Probe } from "kubernetes-types/core/v1.js";
import type { Clock } from "../clock.ts";

/** What the kubelet learns from a probe. */
export interface Listener {
  /** One try failed. */
  onFailure(message: string): void;
  /** So many tries in a row said the same that the threshold is reached; told once per change, and again for each further failure. */
  onVerdict(isHealthy: boolean): void;
}

const agent = new Agent({ keepAlive: false });

/** Probes a container at its own rhythm, one try at a time, until the returned function is called. */
export function startProbe(probe: Probe, container: Container, podIP: string, clock: Clock, listener: Listener) {
  const { periodSeconds = 10, initialDelaySeconds = 0, failureThreshold = 3, successThreshold = 1 } = probe;
  const port = portOf(probe.httpGet?.port ?? 0, container);
  let cancel = clock.after(initialDelaySeconds * 1000, attempt);
  let isOver = false;
  let run = { isSuccess: false, length: 0 };

  async function attempt(): Promise<void> {
    const startedAt = clock.now();
    const failure = await attemptOnce(probe, port, podIP);
    if (isOver) return;
    run = { isSuccess: failure === undefined, length: run.isSuccess === (failure === undefined) ? run.length + 1 : 1 };
    cancel = clock.after(Math.max(0, startedAt + periodSeconds * 1000 - clock.now()), attempt);
    if (failure !== undefined) listener.onFailure(failure);
    if (failure === undefined ? run.length === successThreshold : run.length >= failureThreshold) {
      listener.onVerdict(failure === undefined);
    }
  }
  return () => {
    isOver = true;
    cancel();
  };
}

function portOf(port: number | string, { ports = [] }: Container): number {
  return typeof port === "number" ? port : (ports.find(({ name }) => name === port)?.containerPort ?? Number(port));
}

/** What went wrong, in the kubelet's words, or undefined. */
function attemptOnce({ httpGet, timeoutSeconds = 1 }: Probe, port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const path = httpGet?.path ?? "/";
    const url = `Get "http://${host}:${port}${path}": `;
    const asking = request({ host, port, path, agent, headers: { "user-agent": "kube-probe/sandbox" } }, (response) => {
      const { statusCode = 0 } = response;
      response.resume();
      finish(statusCode >= 200 && statusCode < 400 ? undefined : `HTTP probe failed with statuscode: ${statusCode}`);
    }).end();
    const timer = setTimeout(() => {
      finish(`${url}context deadline exceeded (Client.Timeout exceeded while awaiting headers)`);
    }, timeoutSeconds * 1000);
    asking.on("error", (error: NodeJS.ErrnoException) => {
      const refused = `dial tcp ${host}:${port}: connect: connection refused`;
      finish(url + (error.code === "ECONNREFUSED" ? refused : error.message));
    });
    function finish(failure: string | undefined): void {
      clearTimeout(timer);
      asking.destroy();
      resolve(failure);
    }
  });
}
