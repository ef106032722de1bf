import { disable, enabledNamespaces } from "../cluster/enabled.ts";
import { get, kubectl, list } from "../cluster/kubectl.ts";
import { ownNamespace, partOf } from "../cluster/namespace.ts";

/** The kinds of AutoHeal's own namespace, in the order in which they stop work: first nothing new comes in. */
const ownKinds = [
  "triggers.eventing.knative.dev",
  "pingsources.sources.knative.dev",
  "sinkbindings.sources.knative.dev",
  "services.serving.knative.dev",
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
  if (await get("namespace", ownNamespace)) {
    // The pulse carries no label: diagnose makes it.
    await remove("pingsources.sources.knative.dev", ["pulse", "--ignore-not-found"], say);
    for (const kind of ownKinds) await remove(kind, [`--selector=${partOf}`], say);
  }
  for (const kind of clusterKinds) await remove(kind, [`--selector=${partOf}`], say, []);
  if (records) await remove("customresourcedefinitions", [`--selector=${partOf}`], say, []);
  await removeNamespace(records, say);
}

async function remove(
  kind: string,
  what: readonly string[],
  say: (line: string) => void,
  where = [`--namespace=${ownNamespace}`],
): Promise<void> {
  const known = await kubectl("api-resources", "--output=name").then((text) => text.split("\n"));
  if (kind.includes(".") && !known.includes(kind)) return;
  const lines = (await kubectl("delete", kind, ...where, ...what, "--wait=true", "--timeout=120s")).trim().split("\n");
  for (const line of lines) if (line !== "" && !line.startsWith("No resources")) say(line);
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
