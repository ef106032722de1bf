import type { Answer } from "../api-server/index.ts";
import { make } from "../api-server/trial-namespace.ts";
import { type Actor, type Ground, layGround } from "./ground.ts";

/** Its pods fit no node, so that they neither start nor change anything; a new namespace has its default ServiceAccount only later. */
export const template = {
  metadata: { labels: { app: "web" }, annotations: { note: "old" } },
  spec: {
    serviceAccountName: "stranger",
    nodeSelector: { "autoheal.dev/trial": "none" },
    containers: [{ name: "web", image: "web:1" }],
  },
};
const selector = { matchLabels: { app: "web" } };
/** One workload of each kind, all named web. */
export const workloads = {
  deployments: { selector, template, replicas: 1 },
  statefulsets: { selector, template, replicas: 1, serviceName: "web" },
  daemonsets: { selector, template },
};
const metadata = { name: "web", labels: { app: "web" }, annotations: { note: "old" } };
const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
const autoscaler = { scaleTargetRef, minReplicas: 1, maxReplicas: 3 };

/** The kinds of what is patched. */
export type Kind = keyof typeof workloads | "horizontalpodautoscalers";
export const workloadKinds = Object.keys(workloads) as (keyof typeof workloads)[]; // reason: its own keys

/** The ground with a workload of each kind and an autoscaler on it, and what tests ask of them. */
export interface Stage extends Ground {
  pathOf(kind: Kind, version?: "v1" | "v2"): string;
  read(path: string): Promise<Answer["body"]>;
  /** What of an object nobody but the trial changes. */
  stateOf(kind: Kind): Promise<object>;
}

/** Lays the ground, and puts the objects on it. */
export async function setStage(): Promise<Stage> {
  const ground = await layGround();
  const inNamespace = `namespaces/${ground.namespace}`;
  for (const [kind, spec] of Object.entries(workloads)) {
    await make(ground.api.admin, `/apis/apps/v1/${inNamespace}/${kind}`, { metadata, spec });
  }
  const hpas = `/apis/autoscaling/v2/${inNamespace}/horizontalpodautoscalers`;
  await make(ground.api.admin, hpas, { metadata, spec: autoscaler });
  const pathOf = (kind: Kind, version = "v2") =>
    kind === "horizontalpodautoscalers"
      ? `/apis/autoscaling/${version}/${inNamespace}/${kind}/web`
      : `/apis/apps/v1/${inNamespace}/${kind}/web`;
  const read = async (path: string) => (await ground.api.admin("GET", path)).body;
  const stateOf = async (kind: Kind) => {
    const { spec, metadata: stored } = await read(pathOf(kind));
    const { "deployment.kubernetes.io/revision": _, ...annotations } = stored.annotations;
    const { labels, finalizers, ownerReferences } = stored;
    return { spec, annotations, labels, finalizers, ownerReferences };
  };
  return { ...ground, pathOf, read, stateOf };
}

/** The mark of a remediation, as metadata. */
export const mark = (id: string) => ({ annotations: { "autoheal.dev/remediation": id } });

export const restartedAt = "kubectl.kubernetes.io/restartedAt";
/** Annotations of the pod template, as a spec. */
export const inTemplate = (annotations: object) => ({ template: { metadata: { annotations } } });

/** How admission, and not RBAC, says no to `actor`; `what` is a pattern. */
export const refusal = (actor: Actor, what: string) =>
  new RegExp(
    `ValidatingAdmissionPolicy 'autoheal-(${actor}|actions)' with binding '.+' denied request: ` +
      `system:serviceaccount:autoheal:${actor} may not ${what}`,
  );
