import { disable, enabledNamespaces } from "../cluster/enabled.ts";
import { get, kubectl, list } from "../cluster/kubectl.ts";
import { ownNamespace, partOf } from "../cluster/namespace.ts";

/** The kinds of AutoHeal's own namespace, in the order in which they stop work: first nothing new comes in. */
const ownKinds = [
  "triggers.eventing.knative.dev",
  "pingsources.sources.knative.dev",
  "services.serving.knative.dev",
  "sinkbindings.sources.knative.dev",
  "brokers.eventing.knative.dev",
  "networkpolicies.networking.k8s.io",
  "poddisruptionbudgets.policy",
  "rolebindings",
  "roles",
  "configmaps",
  "secrets",
  "serviceaccounts",
];

const clusterKinds = [
  "validatingadmissionpolicybindings.admissionregistration.k8s.io",
  "validatingadmissionpolicies.admissionregistration.k8s.io",
  "clusterrolebindings",
  "clusterroles",
];

/**
 * Takes AutoHeal out of the cluster. Incidents, policies and the ledger, and with them their CRDs, stay unless `records` says
 * that they go too; the namespace stays while an Incident or a HealingPolicy lives in it.
 */
export async function undeploy({ records, say }: { records: boolean; say: (line: string) => void }): Promise<void> {
  for (const { name } of await enabledNamespaces()) {
    await disable(name);
    say(`${name}: no longer enabled`);
  }
  const served = new Set((await kubectl("api-resources", "--output=name")).split("\n"));
  const remove = async (kind: string, ...what: string[]) => {
    if (kind.includes(".") && !served.has(kind)) return;
    const text = await kubectl("delete", kind, ...what, "--ignore-not-found", "--wait=true", "--timeout=120s");
    for (const line of text.trim().split("\n")) if (line !== "" && !line.startsWith("No resources")) say(line);
  };
  const ours = `--selector=${partOf}`;
  const own = `--namespace=${ownNamespace}`;
  if (await get("namespace", ownNamespace)) {
    // The pulse carries no label: diagnose makes it.
    await remove("pingsources.sources.knative.dev", "pulse", own);
    for (const kind of ownKinds) await remove(kind, ours, own);
  }
  for (const kind of clusterKinds) await remove(kind, ours);
  if (records) await remove("customresourcedefinitions.apiextensions.k8s.io", ours);
  await removeNamespace(records, say);
}

async function removeNamespace(records: boolean, say: (line: string) => void): Promise<void> {
  if (!(await get("namespace", ownNamespace))) return;
  const kept = records
    ? []
    : [
        ...(await list("incidents.autoheal.dev", `--namespace=${ownNamespace}`)),
        ...(await list("healingpolicies.autoheal.dev", `--namespace=${ownNamespace}`)),
      ];
  if (kept.length > 0) {
    say(`namespace ${ownNamespace} stays, for ${kept.length} records in it`);
    return;
  }
  await kubectl("delete", "namespace", ownNamespace, "--wait=true", "--timeout=180s");
  say(`namespace "${ownNamespace}" deleted`);
}
