import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { CoreV1Api, CustomObjectsApi } from "@kubernetes/client-node";
import { afterAll } from "vitest";
import { addressForPods, brokerIngress, currentKubeconfig, nodeContainer } from "../real-world/index.ts";
import { brokerContract } from "./broker.contract.ts";
import { until } from "./fixtures/until.ts";

const namespace = `broker-${randomBytes(3).toString("hex")}`;
const leaving: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const leave of leaving) await leave();
});

brokerContract("the cluster of KUBECONFIG", async () => {
  const kubeconfig = currentKubeconfig();
  const core = kubeconfig.makeApiClient(CoreV1Api);
  const objects = kubeconfig.makeApiClient(CustomObjectsApi);
  const program = readFileSync(new URL("./fixtures/probe.cjs", import.meta.url), "utf8");
  const ingress = await brokerIngress(kubeconfig);
  const recorder = await addressForPods(kubeconfig);
  const container = await nodeContainer(kubeconfig, program);

  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await core.createNamespace({ body: { metadata: { name: namespace, labels } } });
  leaving.push(() => core.deleteNamespace({ name: namespace }));
  const place = { group: "serving.knative.dev", version: "v1", namespace, plural: "services" };
  const securityContext = {
    runAsNonRoot: true,
    runAsUser: 65532,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  };
  await objects.createNamespacedCustomObject({
    ...place,
    body: {
      apiVersion: "serving.knative.dev/v1",
      kind: "Service",
      metadata: { name: "probe", namespace, labels: { "networking.knative.dev/visibility": "cluster-local" } },
      spec: {
        template: {
          spec: {
            enableServiceLinks: false,
            containers: [
              { ...container, securityContext, readinessProbe: { httpGet: { path: "/health/ready", port: 0 } } },
            ],
          },
        },
      },
    },
  });
  const isReady = async () => {
    const { status } = await objects.getNamespacedCustomObject({ ...place, name: "probe" });
    return status?.conditions?.some((one: Record<string, string>) => one.type === "Ready" && one.status === "True");
  };
  await until("the function is Ready", isReady, 90_000);

  return {
    kubeconfig,
    namespace,
    ingressUrl: (home, broker) => `${ingress}/${home}/${broker}`,
    recorder,
    functionName: "probe",
    // The adapter of all PingSources starts from zero for the first of them.
    pingWithinMs: 90_000,
  };
});
