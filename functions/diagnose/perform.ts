import type { Post } from "@autoheal/lib/drivers/broker";
import { type Cluster, type ClusterObject, isClusterError } from "@autoheal/lib/drivers/kubernetes";
import { type Incident, statusPatch } from "@autoheal/lib/incident";
import { type HealingLedger, ledgerName, reserve, type Token, tokensOf } from "@autoheal/lib/ledger";
import type { Step } from "./step.ts";

/**
 * Carries a step out: token, record, event, in this order, so that a crash after any of them leaves what the next pass
 * finds and goes on with. Rejects with ClusterError `Conflict` when the incident has changed since it was read.
 */
export async function perform(
  cluster: Cluster,
  post: Post,
  incident: Incident,
  step: Step,
  now: Date,
  traceparent: string,
): Promise<void> {
  if (step.reserve.length > 0) await changeTokens(cluster, (tokens) => reserve(tokens, step.reserve, now));
  await recordStatus(cluster, incident, step);
  if (step.release.length > 0) {
    await changeTokens(cluster, (tokens) => tokens.filter(({ id }) => !step.release.includes(id)));
  }
  for (const event of step.post) await post(event, traceparent);
}

/** Writes the status if it differs, by compare-and-swap on what was read. */
async function recordStatus(cluster: Cluster, { metadata, status }: Incident, step: Step): Promise<void> {
  const next = step.status;
  if (status && JSON.stringify(statusPatch(undefined, status)) === JSON.stringify(statusPatch(undefined, next))) return;
  const patch = { metadata: { resourceVersion: metadata.resourceVersion }, status: statusPatch(status, next) };
  await cluster.patch("incidents", metadata.namespace, metadata.name, patch, "status");
}

/** How often a lost race for the ledger is tried again before the event has to come again. */
const ledgerTries = 5;

/** Changes the ledger's tokens by compare-and-swap; makes the ledger on its first use. */
async function changeTokens(cluster: Cluster, change: (tokens: readonly Token[]) => Token[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const ledger = await ledgerOf(cluster);
    const tokens = change(tokensOf(ledger));
    try {
      const patch = { metadata: { resourceVersion: ledger.metadata.resourceVersion }, status: { tokens } };
      await cluster.patch("healingledgers", undefined, ledgerName, patch, "status");
      return;
    } catch (error) {
      if (!isClusterError(error, "Conflict") || attempt === ledgerTries) throw error;
    }
  }
}

async function ledgerOf(cluster: Cluster): Promise<HealingLedger> {
  const ledger = await cluster.get<ClusterObject & HealingLedger>("healingledgers", undefined, ledgerName);
  if (ledger) return ledger;
  const fresh = {
    apiVersion: "autoheal.dev/v1alpha1",
    kind: "HealingLedger",
    metadata: { name: ledgerName },
    spec: {},
  };
  try {
    return await cluster.create<ClusterObject & HealingLedger>("healingledgers", undefined, fresh);
  } catch (error) {
    if (!isClusterError(error, "AlreadyExists")) throw error;
    return ledgerOf(cluster);
  }
}
