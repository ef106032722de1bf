import { manifestsIn } from "../manifests.ts";
import type { Kubernetes, KubernetesObject, ObjectRef } from "./kubernetes.ts";
import { TargetError } from "./target.ts";

const place = "autoheal-mailbox";
const smtpUrl = `smtp://mailbox.${place}.svc.cluster.local:2525`;
const settings = { SMTP_URL: smtpUrl, MAIL_FROM: "autoheal@scenarios.local", MAIL_TO: "oncall@scenarios.local" };

/** How long its pod may take to be there, in ms. */
const patienceMs = 60_000;

/**
 * Sees to it that emails have somewhere to go: where `notify` was given no mail server, a mailbox is deployed, and named in
 * notify's Secret. Resolves to how that is taken away again.
 */
export async function placeMailbox(
  kubernetes: Kubernetes,
  adapted: <T>(manifest: T) => T,
  ownNamespace: string,
): Promise<() => Promise<void>> {
  const secret: ObjectRef = { kind: "Secret", namespace: ownNamespace, name: "autoheal-notify" };
  const before = await kubernetes.get(secret);
  const given = Buffer.from(before?.data?.SMTP_URL ?? "", "base64").toString();
  if (given !== "" && given !== smtpUrl) return async () => {};
  // That of an earlier run may still be on its way out.
  await until(`namespace ${place} does not go away`, async () => {
    return (await kubernetes.get({ kind: "Namespace", name: place }))?.metadata.deletionTimestamp === undefined;
  });
  await createMissing(kubernetes, { apiVersion: "v1", kind: "Namespace", metadata: { name: place } });
  for (const manifest of manifestsIn("sample-apps/mailbox/manifests/mailbox.yaml"))
    await createMissing(kubernetes, { ...adapted(manifest), metadata: { ...manifest.metadata, namespace: place } });
  await until(`the mailbox in namespace ${place} does not get ready`, async () => {
    const mailbox = await kubernetes.get({ kind: "Deployment", namespace: place, name: "mailbox" });
    return (mailbox?.status?.availableReplicas ?? 0) > 0;
  });
  if (before) await kubernetes.patch(secret, { stringData: settings });
  else {
    const { namespace, name } = secret;
    await kubernetes.create(
      { apiVersion: "v1", kind: "Secret", metadata: { namespace, name }, stringData: settings },
      namespace,
    );
  }
  await forget(kubernetes, ownNamespace);
  return async () => {
    const none = Object.fromEntries(Object.keys(settings).map((key) => [key, null]));
    if (before) await kubernetes.patch(secret, { data: none });
    else await kubernetes.delete(secret);
    await kubernetes.delete({ kind: "Namespace", name: place });
  };
}

async function createMissing(kubernetes: Kubernetes, object: object): Promise<void> {
  const { apiVersion, kind, metadata } = object as KubernetesObject; // reason: a manifest
  if (await kubernetes.get({ apiVersion, kind, ...metadata })) return;
  await kubernetes.create(object, metadata.namespace);
}

/** Rejects with what is said when it is not so within the patience. */
async function until(otherwise: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new TargetError(otherwise);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** A notify that runs already was started without: the next one reads the Secret. */
async function forget(kubernetes: Kubernetes, namespace: string): Promise<void> {
  for (const { metadata } of await kubernetes.list("Pod", namespace)) {
    if (metadata.labels?.["serving.knative.dev/service"] !== "notify") continue;
    await kubernetes.delete({ kind: "Pod", namespace, name: metadata.name });
  }
}
