import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type Cluster, startCluster } from "../cluster/index.ts";
import { clusterContract } from "./cluster.contract.ts";
import { type Api, startApi } from "./index.ts";

let api: Api;
let cluster: Cluster;
const stateDir = mkdtempSync(join(tmpdir(), "autoheal-contract-"));
const kubeconfigPath = join(stateDir, "kubeconfig");

beforeAll(async () => {
  api = await startApi({
    token: "admin-token",
    readLog: (request) => cluster.readLog(request),
  });
  const images = (image: string) => (image === "contract:1" ? { command: [process.execPath] } : undefined);
  cluster = await startCluster({ subnet: api.subnet, store: api.store, images, stateDir, timeScale: 20 });
  writeFileSync(kubeconfigPath, api.kubeconfig("admin"));
});

afterAll(async () => {
  await cluster.close();
  await api.close();
  await rm(stateDir, { recursive: true, force: true });
});

clusterContract({
  name: "the sandbox",
  kubeconfigPath: () => kubeconfigPath,
  idle: { name: "main", image: "contract:1", args: ["-e", "setInterval(() => {}, 1000)"] },
  crashing: {
    name: "main",
    image: "contract:1",
    args: ["-e", "console.log('up'); console.log('going down'); process.exitCode = 1"],
  },
  crashLine: "going down",
});
