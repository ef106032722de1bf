/**
 * What is away for a while in the middle of a heal, on a real cluster: the API server, the Broker's pods, the in-memory
 * channel with events in it, the functions' own pods. Every incident still ends right, with one effect.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { modeLabel } from "@autoheal/lib/policy";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { recordedImages } from "../../scripts/images/index.ts";
import { manifestsIn } from "../manifests.ts";
import { until } from "../play/index.ts";
import { clusterTarget, type KubernetesObject, type Target } from "../target/index.ts";

const shell = promisify(execFile);

/** How the API server is stopped and goes on, as shell commands: nobody but who runs the cluster knows. */
const { AUTOHEAL_E2E_STOP_API: stopApi, AUTOHEAL_E2E_CONTINUE_API: continueApi } = process.env;

/** A heal takes a minute or two at the pace that clusters are tried at; a disturbance adds its own time. */
const healedWithinMs = 300_000;

let target: Target;

beforeAll(async () => {
  target = await clusterTarget(recordedImages());
});

afterAll(() => target?.close());

/** A Deployment that is rolled out to an image that there is not, and what became of it. */
interface Patient {
  namespace: string;
  fallIll(): Promise<void>;
  incidents(): Promise<KubernetesObject[]>;
  deployment(): Promise<KubernetesObject | undefined>;
}

async function admit(name: string): Promise<Patient> {
  const { kubernetes } = target;
  const namespace = `${name}-${randomBytes(2).toString("hex")}`;
  const ref = { kind: "Deployment", namespace, name: "auth" };
  await kubernetes.create({
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace, labels: { [modeLabel]: "Auto" } },
  });
  onTestFinished(async () => void (await kubernetes.delete({ kind: "Namespace", name: namespace })));
  for (const manifest of [
    ...manifestsIn("knative/enable/role-bindings.yaml"),
    ...manifestsIn("sample-apps/auth/manifests/auth.yaml"),
  ])
    await kubernetes.create(target.adapted(manifest), namespace);
  await until(`${namespace} is available`, 90_000, async () => {
    const deployment = await kubernetes.get(ref);
    return deployment?.status?.availableReplicas === deployment?.spec.replicas;
  });
  const container = { name: "auth", image: "autoheal/auth:9.9.9" };
  return {
    namespace,
    fallIll: async () => {
      await kubernetes.patch(ref, target.adapted({ spec: { template: { spec: { containers: [container] } } } }));
    },
    incidents: () => kubernetes.list("Incident", namespace),
    deployment: () => kubernetes.get(ref),
  };
}

/** True when its remediation is on its way: requested, or written and to be proven. */
async function isBeingHealed(patient: Patient): Promise<boolean> {
  return (await patient.incidents()).some(({ status }) => ["Remediating", "Proving"].includes(status?.phase));
}

async function healed(patients: readonly Patient[]): Promise<void> {
  await until("all incidents are closed", healedWithinMs, async () => {
    const all = await Promise.all(patients.map((patient) => patient.incidents()));
    return all.every(
      (incidents) => incidents.length > 0 && incidents.every(({ status }) => status?.phase === "Closed"),
    );
  });
  for (const patient of patients) {
    const incidents = await patient.incidents();
    expect(incidents.map(({ status }) => [status.diagnosis?.cause, status.outcome])).toEqual([
      ["BadTemplate", "Succeeded"],
    ]);
    // One that was given up or refused while nobody answered was never written: it is no effect, and is tried again.
    const all: { id: string; outcome: string; appliedAt?: string }[] = incidents[0]?.status.remediations ?? [];
    const [remediation, ...more] = all.filter(({ appliedAt }) => appliedAt !== undefined);
    expect(more).toEqual([]);
    for (const { outcome } of all.filter((one) => one !== remediation)) expect(["Held", "Failed"]).toContain(outcome);
    expect(remediation).toMatchObject({ remedy: "rollback", state: "Finished", outcome: "Succeeded" });
    const deployment = await patient.deployment();
    const { annotations } = deployment?.metadata ?? {};
    expect(annotations?.["autoheal.dev/remediation"]).toBe(remediation?.id);
    // The first rollout, the bad one, and the one that put the first back: a second write would have made a fourth.
    expect(annotations?.["deployment.kubernetes.io/revision"]).toBe("3");
    expect(deployment?.spec.template.spec.containers[0].image).not.toContain("9.9.9");
  }
}

/** Ends pods at once, as a node that breaks down does. */
async function kill(namespace: string, chosen: (labels: Record<string, string>) => boolean): Promise<number> {
  const pods = (await target.kubernetes.list("Pod", namespace)).filter(({ metadata }) => chosen(metadata.labels ?? {}));
  for (const { metadata } of pods) {
    await target.kubernetes.send(
      "DELETE",
      `/api/v1/namespaces/${namespace}/pods/${metadata.name}?gracePeriodSeconds=0`,
    );
  }
  return pods.length;
}

test("the Broker's pods and its in-memory channel die in the middle of three heals", async () => {
  const patients = await Promise.all(["no-broker-a", "no-broker-b", "no-broker-c"].map(admit));
  for (const patient of patients) await patient.fallIll();
  await until("one is being healed", healedWithinMs, async () => {
    return (await Promise.all(patients.map(isBeingHealed))).includes(true);
  });
  // Events of the other heals are in the channel now, and in the next seconds.
  for (let times = 0; times < 3; times++) {
    const roles = ["ingress", "filter"];
    const died = await kill("knative-eventing", (labels) => {
      const { "eventing.knative.dev/brokerRole": role = "", "messaging.knative.dev/role": channel } = labels;
      return roles.includes(role) || channel === "dispatcher";
    });
    expect(died).toBeGreaterThan(0);
    await sleep(3_000);
  }
  await healed(patients);
}, 600_000);

test("the functions' pods are killed again and again in the middle of a heal", async () => {
  const patient = await admit("no-functions");
  await patient.fallIll();
  let killed = 0;
  await until("it is being healed", healedWithinMs, () => isBeingHealed(patient));
  for (let times = 0; times < 10; times++) {
    killed += await kill("autoheal", (labels) => "serving.knative.dev/service" in labels);
    await sleep(1_500);
  }
  expect(killed).toBeGreaterThan(0);
  await healed([patient]);
}, 600_000);

test.runIf(stopApi && continueApi)(
  "the API server is away for 60 s in the middle of a heal",
  async () => {
    const patient = await admit("no-api");
    await patient.fallIll();
    await until("it is being healed", healedWithinMs, () => isBeingHealed(patient));
    await shell("sh", ["-c", stopApi ?? ""]);
    try {
      await sleep(60_000);
    } finally {
      await shell("sh", ["-c", continueApi ?? ""]);
    }
    await healed([patient]);
  },
  600_000,
);
