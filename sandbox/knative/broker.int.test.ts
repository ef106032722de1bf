import { fileURLToPath } from "node:url";
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
  return {
    kubeconfig: api.kubeconfig("admin"),
    namespace: "contract",
    ingressUrl: knative.ingressUrl,
    recorderHost: `${api.subnet}.0.9`,
    function: { name: "probe", self: async () => (await fetch(`${knative.urlOf("probe")}/self`)).json() },
    pingWithinMs: 5000,
  };
});
