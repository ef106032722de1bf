/** The kinds that AutoHeal reads or writes: nothing else is reachable through the driver. */
export const resources = {
  pods: { api: "/api/v1", plural: "pods" },
  services: { api: "/api/v1", plural: "services" },
  events: { api: "/api/v1", plural: "events" },
  namespaces: { api: "/api/v1", plural: "namespaces" },
  deployments: { api: "/apis/apps/v1", plural: "deployments" },
  replicasets: { api: "/apis/apps/v1", plural: "replicasets" },
  statefulsets: { api: "/apis/apps/v1", plural: "statefulsets" },
  daemonsets: { api: "/apis/apps/v1", plural: "daemonsets" },
  controllerrevisions: { api: "/apis/apps/v1", plural: "controllerrevisions" },
  horizontalpodautoscalers: { api: "/apis/autoscaling/v2", plural: "horizontalpodautoscalers" },
  incidents: { api: "/apis/autoheal.dev/v1alpha1", plural: "incidents" },
  healingpolicies: { api: "/apis/autoheal.dev/v1alpha1", plural: "healingpolicies" },
  healingledgers: { api: "/apis/autoheal.dev/v1alpha1", plural: "healingledgers" },
  pingsources: { api: "/apis/sources.knative.dev/v1", plural: "pingsources" },
} as const;

/** The name of a kind that AutoHeal reads or writes. */
export type Resource = keyof typeof resources;

/** The path of a collection (no name) or an object. */
export function pathOf(resource: Resource, namespace?: string, name?: string, subresource?: string): string {
  const { api, plural } = resources[resource];
  const parts = [namespace && `namespaces/${encodeURIComponent(namespace)}`, plural];
  if (name) parts.push(encodeURIComponent(name));
  if (subresource) parts.push(subresource);
  return `${api}/${parts.filter(Boolean).join("/")}`;
}
