/**
 * Deploying, on the cluster of the current context, where AutoHeal is deployed from this folder. AUTOHEAL_REGISTRY (and
 * AUTOHEAL_BASE_IMAGE) have to say what they said then.
 */
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { functionNames } from "../build.ts";
import { disable, enable, enabledNamespaces } from "../cluster/enabled.ts";
import { apply, get, type KubernetesObject, kubectl, list, runProgram } from "../cluster/kubectl.ts";
import { ownNamespace, partOf } from "../cluster/namespace.ts";
import { recordedImages } from "../images/index.ts";
import { look } from "../status/look.ts";
import { renderOverlay } from "./render.ts";

const kinds = [
  "services.serving.knative.dev",
  "brokers.eventing.knative.dev",
  "triggers.eventing.knative.dev",
  "sinkbindings.sources.knative.dev",
  "configmaps",
  "secrets",
  "serviceaccounts",
];

/** Every object of AutoHeal, and the generation or version that a change would have moved. */
async function everything(): Promise<string[]> {
  const own = `--namespace=${ownNamespace}`;
  const objects = await Promise.all(kinds.map((kind) => list(kind, own, `--selector=${partOf}`)));
  return objects.flat().map(({ kind, metadata }) => {
    const { name, generation, resourceVersion } = metadata as {
      name: string;
      generation?: number;
      resourceVersion: string;
    }; // reason: the API server's own
    return `${kind} ${name} ${generation ?? resourceVersion}`;
  });
}

test("deploying again changes nothing", async () => {
  const before = await everything();
  const script = fileURLToPath(new URL("../deploy.ts", import.meta.url));
  await runProgram(process.execPath, [script]);
  expect(await everything()).toEqual(before);
}, 300_000);

test("the status says that all is well, or what is not", async () => {
  const { functions, brokers, triggers, sources, unwell } = await look();
  expect(functions.map(({ name }) => name).sort()).toEqual([...functionNames].sort());
  for (const part of [...functions, ...brokers, ...triggers, ...sources]) expect(part).toMatchObject({ ready: true });
  expect(unwell.filter((line) => !/no namespace is enabled|needs a person/.test(line))).toEqual([]);
});

test("a namespace is enabled and disabled again; a protected or unknown one is refused", async () => {
  const name = `enable-${randomBytes(2).toString("hex")}`;
  await kubectl("create", "namespace", name);
  onTestFinished(async () => void (await kubectl("delete", "namespace", name, "--wait=false")));
  const mayPatch = async () =>
    (
      await kubectl(
        "auth",
        "can-i",
        "patch",
        "deployments.apps",
        `--namespace=${name}`,
        `--as=system:serviceaccount:${ownNamespace}:restart`,
      ).catch(() => "no")
    ).trim();
  expect(await mayPatch()).toBe("no");
  await enable(name, "Approve");
  expect(await mayPatch()).toBe("yes");
  expect(await enabledNamespaces()).toContainEqual({ name, mode: "Approve" });
  await disable(name);
  expect(await mayPatch()).toBe("no");
  expect((await get("namespace", name))?.metadata.labels).not.toHaveProperty("autoheal.dev/mode");
  await expect(enable("kube-system", "Auto")).rejects.toThrow("kube-system is protected");
  await expect(enable("nowhere-at-all", "Auto")).rejects.toThrow("there is no namespace nowhere-at-all");
});

test("the API server takes everything of the production overlay, in another namespace", async () => {
  const elsewhere = `production-${randomBytes(2).toString("hex")}`;
  await kubectl("create", "namespace", elsewhere);
  onTestFinished(async () => void (await kubectl("delete", "namespace", elsewhere, "--wait=false")));
  const objects = await renderOverlay("production", recordedImages());
  const moved = objects
    .filter(({ metadata }) => metadata.namespace === ownNamespace)
    .map((object): KubernetesObject => {
      return { ...object, metadata: { ...object.metadata, namespace: elsewhere } };
    });
  expect(moved.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(["PodDisruptionBudget", "NetworkPolicy", "Broker", "Trigger", "Service"]),
  );
  // A cluster where Knative does not let pods be spread says so, and how to let it: knative/overlays/production says it too.
  const spread = "kubernetes.podspec-topologyspreadconstraints";
  const features = await get("configmap", "config-features", "--namespace=knative-serving");
  const withoutSpread = features?.data?.[spread] === "enabled" ? moved : moved.map(notSpread);
  // Knative's webhook tries a pod of each function, which needs its ServiceAccount to be there.
  await apply(moved.filter(({ kind }) => kind === "ServiceAccount"));
  await apply(withoutSpread, "--dry-run=server");
}, 60_000);

function notSpread(object: KubernetesObject): KubernetesObject {
  if (!object.spec?.template?.spec?.topologySpreadConstraints) return object;
  const copy = structuredClone(object);
  delete copy.spec.template.spec.topologySpreadConstraints;
  return copy;
}
