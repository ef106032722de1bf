import type { HealingLedger } from "../../ledger/index.ts";
import { ledgerName } from "../../ledger/index.ts";
import { type EffectivePolicy, effectivePolicy, type HealingPolicy } from "../../policy/index.ts";
import type { Cluster, ClusterObject } from "./cluster.ts";

/** The name of the HealingPolicy in AutoHeal's namespace that is the cluster's default. */
const clusterPolicyName = "default";

/** What a policy is put together for. */
export interface LimitsSubject {
  namespace: string;
  workloadLabels: Readonly<Record<string, string>>;
  alerts: readonly Readonly<Record<string, string>>[];
}

/** Reads what may be done to a workload; `ownNamespace` is AutoHeal's, where the cluster's default lives. */
export async function loadPolicy(
  cluster: Cluster,
  ownNamespace: string,
  { namespace, workloadLabels, alerts }: LimitsSubject,
): Promise<EffectivePolicy> {
  const [object, clusterDefault, policies] = await Promise.all([
    cluster.get<ClusterObject>("namespaces", undefined, namespace),
    cluster.get<ClusterObject & HealingPolicy>("healingpolicies", ownNamespace, clusterPolicyName),
    cluster.list<ClusterObject & HealingPolicy>("healingpolicies", { namespace }),
  ]);
  const others = policies.filter(({ metadata }) => metadata.uid !== clusterDefault?.metadata.uid);
  const namespaceLabels = object?.metadata.labels ?? {};
  return effectivePolicy(clusterDefault?.spec, others, { namespaceLabels, workloadLabels, alerts });
}

/** Reads the one HealingLedger; undefined before its first use. */
export async function loadLedger(cluster: Cluster): Promise<HealingLedger | undefined> {
  return cluster.get<ClusterObject & HealingLedger>("healingledgers", undefined, ledgerName);
}
