import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll } from "vitest";
import { type Cluster, startCluster } from "../cluster/index.ts";
import { clusterContract } from "./cluster.contract.ts";
import { type Api, startApi } from "./index.ts";

let api: Api;
let cluster: Cluster;
const stateDir = mkdtempSync(join(tmpdir(), "autoheal-contract-"));

beforeAll(async () => {
  api = await startApi({
    token: "admin-token",
    readLog: (request) => cluster.readLog(request),
  });
  const images = (image: string) => (image === "contract:1" ? { command: [process.execPath] } : undefined);
  cluster = await startCluster({ subnet: api.subnet, store: api.store, images, stateDir, timeScale: 20 });
});

afterAll(async () => {
  await cluster.close();
  await api.close();
  await rm(stateDir, { recursive: true, force: true });
});

clusterContract({
  name: "the sandbox",
  kubeconfig: () => {
    const config = new KubeConfig();
    config.loadFromString(api.kubeconfig("admin"));
    return config;
  },
  container: (script) => ({ name: "main", image: "contract:1", args: ["-e", script] }),
  patienceMs: 25_000,
});
