import type { CoreV1Api } from "@kubernetes/client-node";
import type { FirstRequest } from "../../first-event/index.ts";

/** What a request from within the cluster saw: ms since the epoch by the node's clock, and the answer's status. */
export interface Probed {
  sent: number;
  answered: number;
  status: number;
}

/** Sends one request and writes down when; runs in the cluster, in a pod of its own. */
const script = `
const { url, method, headers, body } = JSON.parse(process.env.REQUEST);
const sent = Date.now();
require("node:http").request(url, { method, headers }, (answer) => {
  answer.resume();
  answer.on("end", () => console.log(JSON.stringify({ sent, answered: Date.now(), status: answer.statusCode })));
}).end(body);
`;

/** Longest that the pod may take, in ms: it has to start, and so has the function. */
const patienceMs = 120_000;

/** Sends a request from a pod in the cluster, as a Broker would. The image has Node.js in its PATH. */
export async function probe(
  core: CoreV1Api,
  namespace: string,
  image: string,
  url: string,
  { method, headers, body }: FirstRequest,
): Promise<Probed> {
  const { metadata } = await core.createNamespacedPod({
    namespace,
    body: {
      metadata: { generateName: "bench-cold-" },
      spec: {
        restartPolicy: "Never",
        automountServiceAccountToken: false,
        containers: [
          {
            name: "prober",
            image,
            command: ["node", "-e", script],
            env: [{ name: "REQUEST", value: JSON.stringify({ url, method, headers, body }) }],
            resources: { requests: { cpu: "10m", memory: "64Mi" }, limits: { memory: "128Mi" } },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              runAsNonRoot: true,
              // Whoever the image is made for: this needs no files of its own.
              runAsUser: 65_532,
              capabilities: { drop: ["ALL"] },
              seccompProfile: { type: "RuntimeDefault" },
            },
          },
        ],
      },
    },
  });
  const name = metadata?.name ?? "";
  try {
    const until = Date.now() + patienceMs;
    while (Date.now() < until) {
      const { status } = await core.readNamespacedPod({ namespace, name });
      if (status?.phase === "Succeeded" || status?.phase === "Failed") {
        const log = await core.readNamespacedPodLog({ namespace, name });
        if (status.phase === "Failed") throw new Error(`the prober failed: ${log}`);
        return JSON.parse(log) as Probed; // reason: the script above wrote it
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`${url} gave no answer within ${patienceMs / 1000} s`);
  } finally {
    await core.deleteNamespacedPod({ namespace, name });
  }
}
