/**
 * A small Kubernetes whose pods are real processes of this machine: controllers, kubelet, Services, metrics.
 * Everything follows the store; what a Deployment says becomes true here, and what breaks is reported there.
 */
import type { LogRequest, Store } from "../api/index.ts";
import { systemClock } from "./clock.ts";
import { startDeployments } from "./deployment/index.ts";
import { collectGarbage } from "./garbage.ts";
import { type Running, startKubelet } from "./kubelet/index.ts";
import { startMetrics } from "./metrics/index.ts";
import { startReplicaSets } from "./replica-set.ts";
import { startProxies } from "./service/proxy.ts";

export type { Running } from "./kubelet/index.ts";

export interface ClusterOptions {
  /** The first half of the sandbox's addresses, "127.<n>". */
  subnet: string;
  store: Store;
  /** The command of an image; undefined means that no registry has it (ErrImagePull). */
  images(image: string): { command: string[] } | undefined;
  /** A folder of this sandbox alone. */
  stateDir: string;
  /** How many times faster than in Kubernetes back-offs, deadlines and graces pass (probes keep their periods); 1. */
  timeScale?: number;
}
export interface Cluster {
  /** Where /metrics/cadvisor, /metrics/kube-state-metrics and /sd (http_sd) are served. */
  metricsUrl: string;
  /** A container's log, at most its last MiB; undefined where there is no such pod or run. */
  readLog(request: LogRequest): string | undefined;
  /** The containers that run now, with pid and usage. */
  running(): Running[];
  /** Kills every pod's process and frees every address. */
  close(): Promise<void>;
}

/** Starts the cluster; its processes end with close(), and also when this process is killed. */
export async function startCluster({
  subnet,
  store,
  images,
  stateDir,
  timeScale = 1,
}: ClusterOptions): Promise<Cluster> {
  if (process.platform !== "linux") throw new Error("The sandbox needs Linux: it reads /proc and uses 127.0.0.0/8.");
  const clock = systemClock(timeScale);
  const kubelet = startKubelet({ subnet, store, clock, images, stateDir });
  const metrics = await startMetrics(subnet, store, kubelet).catch(async (error) => {
    await kubelet.close();
    throw error;
  });
  const stops = [
    startDeployments(store, clock),
    startReplicaSets(store, clock),
    startProxies(store, clock, subnet),
    collectGarbage(store),
  ];
  return {
    metricsUrl: metrics.url,
    readLog: (request) => kubelet.readLog(request),
    running: () => kubelet.running(),
    async close() {
      for (const stop of stops) stop();
      await Promise.all([kubelet.close(), metrics.close()]);
    },
  };
}
