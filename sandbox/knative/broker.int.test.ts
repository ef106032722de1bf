import { fileURLToPath } from "node:url";
import { KubeConfig } from "@kubernetes/client-node";
import { afterAll } from "vitest";
import { startApi } from "../api/index.ts";
import { brokerContract } from "./broker.contract.ts";
import { startKnative } from "./index.ts";

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

brokerContract("the sandbox", async () => {
  const api = await startApi({ token: "administrator", readLog: async () => undefined });
  api.store.create("namespaces", { metadata: { name: "contract" } });
  closing.push(() => api.close());
  const entry = fileURLToPath(new URL("./fixtures/probe.cjs", import.meta.url));
  const knative = await startKnative({
    subnet: api.subnet,
    store: api.store,
    namespace: "contract",
    functions: [{ name: "probe", entry, env: {} }],
  });
  closing.unshift(() => knative.close());
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromString(api.kubeconfig("admin"));
  return {
    kubeconfig,
    namespace: "contract",
    ingressUrl: knative.ingressUrl,
    recorder: { reachedAs: `${api.subnet}.0.9` },
    functionName: "probe",
    pingWithinMs: 5000,
  };
});
