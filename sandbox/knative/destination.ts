import type { Store } from "../api/index.ts";

/** Where events go: an object, a URI, or a URI relative to an object, as duckv1.Destination. */
export interface Destination {
  ref?: { apiVersion?: string; kind: string; name: string; namespace?: string };
  uri?: string;
}

/** Finds the URL of a destination that stands in an object of `namespace`; undefined when nothing has that name. */
export type Resolve = (destination: Destination, namespace: string) => string | undefined;

/** The name of a Service in the cluster's DNS. */
const clusterName = /^([a-z0-9-]+)\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?$/;

/** Resolves Brokers to the ingress, functions to their stable address, and Services to their cluster IP, by reference or DNS name. */
export function resolver(options: {
  store: Store;
  ingressUrl: (namespace: string, broker: string) => string;
  urlOf: (functionName: string) => string | undefined;
}): Resolve {
  const { store, ingressUrl, urlOf } = options;

  const baseOf = (ref: NonNullable<Destination["ref"]>, home: string): string | undefined => {
    const namespace = ref.namespace ?? home;
    const group = ref.apiVersion?.includes("/") ? ref.apiVersion.split("/")[0] : "";
    if (ref.kind === "Broker" && group === "eventing.knative.dev") {
      return store.get("brokers.eventing.knative.dev", namespace, ref.name) && ingressUrl(namespace, ref.name);
    }
    if (ref.kind !== "Service") return undefined;
    // Knative gives every one of its Services a Kubernetes Service of the same name, so both kinds lead to a function.
    if (store.get("services.serving.knative.dev", namespace, ref.name)) return urlOf(ref.name);
    const service = group === "" ? store.get("services", namespace, ref.name) : undefined;
    const port = service?.spec?.ports?.[0]?.port;
    return service && port && `http://${service.spec.clusterIP}:${port}`;
  };

  const named = (uri: string): string | undefined => {
    const { hostname, pathname, search } = new URL(uri);
    const [, name, namespace] = clusterName.exec(hostname) ?? [];
    if (!name || !namespace) return uri;
    const base = baseOf({ kind: "Service", name }, namespace);
    return base && new URL(pathname + search, base).href;
  };

  return ({ ref, uri }, home) => {
    if (ref === undefined) return uri && named(uri);
    const base = baseOf(ref, home);
    return base === undefined ? undefined : new URL(uri ?? "", base).href;
  };
}
