import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll } from "vitest";
import { type Api, startApi } from "../../../../sandbox/api/index.ts";
import { type Cluster, startCluster } from "../../../../sandbox/cluster/index.ts";
import { driverContract } from "./driver.contract.ts";

let api: Api;
let cluster: Cluster;
const stateDir = mkdtempSync(join(tmpdir(), "autoheal-driver-"));

beforeAll(async () => {
  api = await startApi({ token: "administrator", readLog: (request) => cluster.readLog(request) });
  const images = (image: string) => (image === "node:1" ? { command: [process.execPath] } : undefined);
  cluster = await startCluster({ subnet: api.subnet, store: api.store, images, stateDir, timeScale: 20 });
});

afterAll(async () => {
  await cluster.close();
  await api.close();
  await rm(stateDir, { recursive: true, force: true });
});

driverContract({
  name: "the sandbox",
  kubeconfig: () => {
    const config = new KubeConfig();
    config.loadFromString(api.kubeconfig("admin"));
    return config;
  },
  container: (script) => ({ name: "main", image: "node:1", args: ["-e", script] }),
  patienceMs: 25_000,
});
