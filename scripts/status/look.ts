import { type Incident, isOpen } from "@autoheal/lib/incident";
import { ledgerName, type Pause } from "@autoheal/lib/ledger";
import { enabledNamespaces } from "../cluster/enabled.ts";
import { get, hasProgram, isReady, type KubernetesObject, list, runProgram, whyNotReady } from "../cluster/kubectl.ts";
import { ownNamespace } from "../cluster/namespace.ts";

/** A part of AutoHeal on the cluster. */
export interface Part {
  name: string;
  ready: boolean;
  /** Why it is not, in the cluster's own words. */
  why?: string;
}

/** What AutoHeal is doing there, and what is not well. */
export interface Status {
  functions: (Part & { url: string; pods: number })[];
  brokers: Part[];
  triggers: Part[];
  sources: Part[];
  namespaces: { name: string; mode: string }[];
  incidents: {
    namespace: string;
    name: string;
    workload: string;
    phase: string;
    cause: string;
    hold: string;
    since: string;
  }[];
  pauses: { what: string; reason: string; by: string }[];
  /** What a person should look at; empty is well. */
  unwell: string[];
}

/** Reads all of it from the cluster of the current context. */
export async function look(): Promise<Status> {
  const own = `--namespace=${ownNamespace}`;
  const kn = await hasProgram("kn", "version");
  const [services, triggers, bindings, pings, brokers, pods, incidents, ledger, namespaces, secret] = await Promise.all(
    [
      kn ? byKn("service") : list("services.serving.knative.dev", own),
      kn ? byKn("trigger") : list("triggers.eventing.knative.dev", own),
      list("sinkbindings.sources.knative.dev", own),
      list("pingsources.sources.knative.dev", own),
      list("brokers.eventing.knative.dev", own),
      list("pods", own, "--field-selector=status.phase=Running"),
      list("incidents.autoheal.dev", "--all-namespaces"),
      get("healingledgers.autoheal.dev", ledgerName).catch(() => undefined),
      enabledNamespaces(),
      get("secret", "autoheal-receive", own),
    ],
  );
  const status = {
    functions: services.map((service) => ({
      ...partOf(service),
      url: service.status?.url ?? "",
      pods: pods.filter(({ metadata }) => metadata.labels?.["serving.knative.dev/service"] === service.metadata.name)
        .length,
    })),
    brokers: brokers.map(partOf),
    triggers: triggers.map(partOf),
    sources: [...bindings, ...pings].map(partOf),
    namespaces,
    incidents: incidents.filter((incident) => isOpen(incident as KubernetesObject & Incident)).map(incidentOf),
    pauses: pausesOf(ledger),
  };
  return { ...status, unwell: unwell(status, secret) };
}

async function byKn(kind: string): Promise<KubernetesObject[]> {
  return (
    JSON.parse(await runProgram("kn", [kind, "list", "--namespace", ownNamespace, "--output", "json"])).items ?? []
  );
}

function partOf(object: KubernetesObject): Part {
  const ready = isReady(object);
  return { name: object.metadata.name, ready, ...(ready ? {} : { why: whyNotReady(object) }) };
}

function incidentOf({ metadata, spec, status }: KubernetesObject): Status["incidents"][number] {
  return {
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    workload: spec.subject,
    phase: status?.phase ?? "New",
    cause: status?.diagnosis?.cause ?? "",
    hold: status?.hold?.reason ?? "",
    since: spec.openedAt ?? metadata.creationTimestamp ?? "",
  };
}

/** The pauses that still hold; people write them into the HealingLedger. */
function pausesOf(ledger: KubernetesObject | undefined): Status["pauses"] {
  const pauses: readonly Pause[] = ledger?.spec?.pauses ?? [];
  return pauses
    .filter(({ until }) => until === undefined || Date.parse(until) > Date.now())
    .map(({ scope, target, reason, by }) => ({
      what: scope === "Cluster" ? "the whole cluster" : (target ?? ""),
      reason,
      by,
    }));
}

function unwell(status: Omit<Status, "unwell">, receiveSecret: KubernetesObject | undefined): string[] {
  const { functions, brokers, triggers, sources, incidents, namespaces } = status;
  const groups = { function: functions, Broker: brokers, Trigger: triggers, source: sources };
  return [
    ...Object.entries(groups).flatMap(([kind, parts]) =>
      parts.filter(({ ready }) => !ready).map(({ name, why }) => `${kind} ${name} is not ready: ${why}`),
    ),
    ...(functions.length === 0 ? ["no function is deployed: npm run deploy"] : []),
    ...(receiveSecret?.data?.token ? [] : ["Secret autoheal-receive has no token: receive lets nobody in"]),
    ...(namespaces.length === 0 ? ["no namespace is enabled: AutoHeal only observes"] : []),
    ...incidents
      .filter(({ phase }) => phase === "Escalated")
      .map(({ namespace, name, hold }) => `incident ${namespace}/${name} needs a person: ${hold}`),
  ];
}
