import type { IncidentSpec, IncidentStatus } from "@autoheal/lib/incident";
import type { KubernetesObject } from "../target/index.ts";
import type { IncidentState, SeenRemediation } from "../verdict/index.ts";

/** An Incident as the judge looks at it. */
export function incidentState({ metadata, ...incident }: KubernetesObject, at: number): IncidentState {
  const spec = incident.spec as IncidentSpec; // reason: the CRD's schema
  const status = incident.status as IncidentStatus | undefined; // reason: the CRD's schema
  const entries = new Map(status?.outbox?.map(({ id, event }) => [id, event]));
  return {
    incident: `${metadata.namespace}/${metadata.name}`,
    of: spec.workload?.name ?? spec.subject.split("/").slice(1).join("/"),
    at,
    alerts: [...new Set((status?.alerts ?? []).map(({ name }) => name))],
    phase: status?.phase ?? "Open",
    ...(status?.diagnosis ? { cause: status.diagnosis.cause } : {}),
    ...(status ? { because: becauseOf(status) } : {}),
    ...(status?.hold ? { hold: status.hold.reason } : {}),
    ...(status?.outcome ? { outcome: status.outcome } : {}),
    remediations: (status?.remediations ?? []).map(remediationOf),
    sent: (status?.deliveries ?? [])
      .filter(({ state }) => state === "Sent")
      .map(({ entry, channel }) => ({ event: entries.get(entry) ?? entry, channel })),
  };
}

function becauseOf({ diagnosis, hold, remediations }: IncidentStatus): string {
  const facts = [...(diagnosis?.for ?? []), ...(diagnosis?.against ?? [])].map(({ text }) => text);
  return [...facts, hold?.message, remediations.at(-1)?.message].filter(Boolean).join("; ");
}

function remediationOf({
  id,
  remedy,
  change,
  appliedAt,
  outcome,
}: IncidentStatus["remediations"][number]): SeenRemediation {
  return {
    id,
    remedy,
    what: change.what,
    applied: appliedAt !== undefined,
    ...(outcome ? { outcome } : {}),
    pods: change.what === "restartPods" ? change.pods.map(({ uid }) => uid) : [],
  };
}
