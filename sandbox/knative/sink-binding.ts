import type { KubernetesObject, Store } from "../api/index.ts";
import type { Resolve } from "./destination.ts";

/** What SinkBindings inject into one function: K_SINK. */
export function sinkEnv(store: Store, resolve: Resolve, namespace: string, name: string): Record<string, string> {
  const env: Record<string, string> = {};
  const labels = store.get("services.serving.knative.dev", namespace, name)?.metadata.labels ?? {};
  for (const { metadata, spec } of store.list("sinkbindings.sources.knative.dev", { namespace })) {
    if (!isSubject(spec.subject, metadata.namespace ?? namespace, namespace, name, labels)) continue;
    const sink = resolve(spec.sink, namespace);
    if (sink !== undefined) env.K_SINK = sink;
  }
  return env;
}

function isSubject(
  subject: KubernetesObject["spec"],
  home: string,
  namespace: string,
  name: string,
  labels: Record<string, string>,
): boolean {
  if (subject.kind !== "Service" || !subject.apiVersion.startsWith("serving.knative.dev/")) return false;
  if ((subject.namespace ?? home) !== namespace) return false;
  if (subject.name !== undefined) return subject.name === name;
  const wanted: Record<string, string> = subject.selector?.matchLabels ?? {};
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
