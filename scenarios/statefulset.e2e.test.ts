/** StatefulSets on a real cluster, whose controllers the sandbox has not: a rollout that is stuck, and one that is through. */
import { randomBytes } from "node:crypto";
import { modeLabel } from "@autoheal/lib/policy";
import { afterAll, beforeAll, type TestContext, test } from "vitest";
import { recordedImages } from "../scripts/images/index.ts";
import type { Manifest } from "./format/index.ts";
import { manifestsIn } from "./manifests.ts";
import { merged, until } from "./play/index.ts";
import { clusterTarget, type KubernetesObject, type Target } from "./target/index.ts";

/** A heal takes a minute or two at the pace that clusters are tried at. */
const withinMs = 300_000;

let target: Target;

beforeAll(async () => {
  target = await clusterTarget(recordedImages());
});

afterAll(() => target?.close());

/** auth as a StatefulSet of two pods, ready. */
async function admit({ onTestFinished }: TestContext, podManagementPolicy: "OrderedReady" | "Parallel") {
  const { kubernetes } = target;
  const namespace = `stateful-${randomBytes(3).toString("hex")}`;
  const ref = { kind: "StatefulSet", namespace, name: "auth" };
  await kubernetes.create({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace, labels: { [modeLabel]: "Auto" } },
  });
  onTestFinished(async () => void (await kubernetes.delete({ kind: "Namespace", name: namespace })));
  const auth = manifestsIn("sample-apps/auth/manifests/auth.yaml").map((manifest) =>
    manifest.kind === "Deployment" ? asStatefulSet(manifest, podManagementPolicy) : manifest,
  );
  for (const manifest of [...manifestsIn("knative/enable/role-bindings.yaml"), ...auth])
    await kubernetes.create(target.adapted(manifest), namespace);
  const isReady = ({ status }: KubernetesObject) => status?.readyReplicas === 2 && status.updatedReplicas === 2;
  await until(`${namespace} is ready`, 90_000, async () => {
    const found = await kubernetes.get(ref);
    return found !== undefined && isReady(found);
  });
  return {
    rollOut: (container: object) =>
      kubernetes.patch(
        ref,
        target.adapted({ spec: { template: { spec: { containers: [{ name: "auth", ...container }] } } } }),
      ),
    becomes: async (wanted: object): Promise<KubernetesObject> => {
      let incident: KubernetesObject | undefined;
      await until(`its incident is ${JSON.stringify(wanted)}`, withinMs, async () => {
        [incident] = await kubernetes.list("Incident", namespace);
        return Object.entries(wanted).every(([key, value]) => incident?.status?.[key] === value);
      });
      return incident as KubernetesObject; // reason: it is so
    },
    /** Until Prometheus has seen all of it ready for longer than the window of rates. */
    isKnown: () =>
      until("Prometheus knows it as ready", 90_000, async () => {
        const ready = `kube_statefulset_status_replicas_ready{namespace="${namespace}"} == 2`;
        const query = encodeURIComponent(`count_over_time((${ready})[1m:1s]) > 30`);
        const answer = (await target.prometheus(`/api/v1/query?query=${query}`)) as { data: { result: unknown[] } }; // reason: Prometheus' HTTP API
        return answer.data.result.length > 0;
      }),
    template: async () => (await kubernetes.get(ref))?.spec.template,
    isReady: async () => isReady((await kubernetes.get(ref)) as KubernetesObject), // reason: it is there
  };
}

function asStatefulSet(deployment: Manifest, podManagementPolicy: string): Manifest {
  return merged(deployment, {
    kind: "StatefulSet",
    metadata: { annotations: { "autoheal.dev/progress-deadline-seconds": "30" } },
    spec: { strategy: null, progressDeadlineSeconds: null, replicas: 2, serviceName: "auth", podManagementPolicy },
  });
}

const noImage = { image: "autoheal/auth:9.9.9" };

test.concurrent("pods side by side, and an image that there is not: rolled back", async (context) => {
  const { expect } = context;
  const patient = await admit(context, "Parallel");
  const before = await patient.template();
  await patient.rollOut(noImage);
  const { status } = await patient.becomes({ phase: "Closed" });
  expect([status.diagnosis.cause, status.outcome]).toEqual(["BadTemplate", "Succeeded"]);
  expect(await patient.template()).toEqual(before);
  expect(await patient.isReady()).toBe(true);
}, 600_000);

test.concurrent("pods in order, and an image that there is not: left to a person, who is told what to do", async (context) => {
  const { expect } = context;
  const patient = await admit(context, "OrderedReady");
  await patient.rollOut(noImage);
  const broken = await patient.template();
  const { status } = await patient.becomes({ phase: "Escalated" });
  expect([status.diagnosis.cause, status.hold.reason]).toEqual(["BadTemplate", "BrokenPodBlocks"]);
  expect(status.hold.message).toMatch(/kubectl rollout undo statefulset\/auth .* kubectl delete pod auth-1 /);
  expect(await patient.template()).toEqual(broken);
}, 600_000);

test.concurrent("a revision that gets ready and then crashes: rolled back to the one that Prometheus remembers as ready", async (context) => {
  const { expect } = context;
  const patient = await admit(context, "Parallel");
  await patient.isKnown();
  const before = await patient.template();
  await patient.rollOut({ env: [{ name: "FAULTS", value: '[{"fault":"exit","code":3,"afterSeconds":15}]' }] });
  const { status } = await patient.becomes({ phase: "Closed" });
  expect([status.diagnosis.cause, status.outcome]).toEqual(["BadRevision", "Succeeded"]);
  expect(await patient.template()).toEqual(before);
}, 600_000);
