import type { KubernetesObject, Store } from "../api/index.ts";
import { deliveryProblem, triggerProblem } from "./brokers.ts";
import type { Resolve } from "./destination.ts";
import { pingProblem } from "./ping-sources.ts";

type Verdict = { problem?: string | undefined; fields: Record<string, unknown> };

/** Keeps the Ready condition and the resolved addresses in the status of every Knative object, as the controllers do. */
export function keepReadiness(
  store: Store,
  resolve: Resolve,
  ingressUrl: (namespace: string, broker: string) => string,
): () => void {
  const to = (destination: Parameters<Resolve>[0], namespace: string, field: string): Verdict => {
    const url = resolve(destination, namespace);
    if (url !== undefined) return { fields: { [field]: url } };
    return { problem: `${destination.ref?.kind ?? "sink"} "${destination.ref?.name ?? ""}" not found`, fields: {} };
  };
  const verdicts: Record<string, (object: KubernetesObject, namespace: string) => Verdict> = {
    "brokers.eventing.knative.dev": ({ metadata, spec }, namespace) => ({
      problem: deliveryProblem(spec?.delivery),
      fields: { address: { url: ingressUrl(namespace, metadata.name) } },
    }),
    "triggers.eventing.knative.dev": ({ spec }, namespace) => {
      const problem = triggerProblem(spec);
      if (problem !== undefined) return { problem, fields: {} };
      if (!store.get("brokers.eventing.knative.dev", namespace, spec.broker)) {
        return { problem: `Broker "${spec.broker}" does not exist`, fields: {} };
      }
      return to(spec.subscriber, namespace, "subscriberUri");
    },
    "pingsources.sources.knative.dev": ({ spec }, namespace) => {
      const problem = pingProblem(spec);
      return problem === undefined ? to(spec.sink, namespace, "sinkUri") : { problem, fields: {} };
    },
    "sinkbindings.sources.knative.dev": ({ spec }, namespace) => to(spec.sink, namespace, "sinkUri"),
  };

  const reconcile = () => {
    for (const [resource, judge] of Object.entries(verdicts)) {
      for (const object of store.list(resource)) {
        const { name, namespace = "", generation } = object.metadata;
        const { problem, fields } = judge(object, namespace);
        const ready =
          problem === undefined ? { status: "True" } : { status: "False", reason: "NotReady", message: problem };
        const status = { ...fields, observedGeneration: generation, conditions: [{ type: "Ready", ...ready }] };
        store.modify(resource, namespace, name, (draft) => Object.assign(draft, { status }), { subresource: "status" });
      }
    }
  };
  const watched = [...Object.keys(verdicts), "services", "services.serving.knative.dev"];
  const stops = watched.map((resource) => store.watch(resource, reconcile));
  reconcile();
  return () => {
    for (const stop of stops) stop();
  };
}
