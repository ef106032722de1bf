import type { Store } from "../../api/index.ts";
import type { Clock } from "../clock.ts";
import { controllerReference, type Endpoints, isActive, isReady, type Pod, type Service } from "../objects.ts";
import { keyOf, startQueue } from "../reconcile.ts";

type Port = { name?: string; port: number; protocol: string };

/** Keeps an Endpoints beside every Service with a selector: which of its pods are ready. */
export function startEndpoints(store: Store, clock: Clock): () => void {
  const queue = startQueue(clock, "endpoints", reconcile);

  function reconcile(namespace: string, name: string): void {
    const service = store.get<Service>("services", namespace, name);
    if (!service?.spec.selector || Object.keys(service.spec.selector).length === 0) return;
    const pods = podsOf(store, service);
    const ports = portsOf(service, pods[0]);
    const addresses = pods.filter(isReady).map(address);
    const notReady = pods.filter((pod) => !isReady(pod)).map(address);
    const subset = {
      ...(addresses.length > 0 ? { addresses } : {}),
      ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
      ports,
    };
    const ownerReferences = [controllerReference(service)];
    const subsets = pods.length > 0 ? [subset] : [];
    const known = store.modify<Endpoints>("endpoints", namespace, name, (draft) => Object.assign(draft, { subsets }));
    if (!known) store.create("endpoints", { metadata: { name, namespace, ownerReferences }, subsets });
  }

  const stops = [
    store.watch<Service>("services", ({ object }) => queue.add(keyOf(object))),
    store.watch<Pod>("pods", ({ object, previous }) => {
      for (const service of store.list<Service>("services", { namespace: object.metadata.namespace })) {
        if (selects(service, object) || (previous && selects(service, previous))) queue.add(keyOf(service));
      }
    }),
  ];
  for (const service of store.list<Service>("services")) queue.add(keyOf(service));
  return () => {
    for (const stop of stops) stop();
    queue.close();
  };
}

/** Whether a Service's selector matches a pod; no selector matches none. */
export function selects({ spec }: Service, { metadata }: Pod): boolean {
  const labels = Object.entries(spec.selector ?? {});
  return labels.length > 0 && labels.every(([label, value]) => metadata.labels?.[label] === value);
}

/** The addresses of a Service that are ready now, as host and port of the pods, for one of its ports. */
export function readyTargets(endpoints: Endpoints | undefined, portName: string | undefined) {
  return (endpoints?.subsets ?? []).flatMap(({ addresses = [], ports = [] }) => {
    const port = ports.find(({ name }) => name === portName)?.port;
    return port === undefined ? [] : addresses.map(({ ip }) => ({ host: ip, port }));
  });
}

function podsOf(store: Store, service: Service): Pod[] {
  const pods = store.list<Pod>("pods", { namespace: service.metadata.namespace });
  return pods.filter((pod) => selects(service, pod) && isActive(pod) && pod.status?.podIP !== undefined);
}

// A named targetPort is looked up in one pod: the pods of a Service are taken to be alike.
function portsOf({ spec }: Service, pod: Pod | undefined): Port[] {
  const named = pod?.spec.containers.flatMap(({ ports = [] }) => ports) ?? [];
  return (spec.ports ?? []).flatMap(({ name, port, targetPort = port, protocol = "TCP" }) => {
    const number =
      typeof targetPort === "number" ? targetPort : named.find((one) => one.name === targetPort)?.containerPort;
    return number === undefined ? [] : [{ ...(name === undefined ? {} : { name }), port: number, protocol }];
  });
}

function address({ metadata, spec, status }: Pod) {
  const { name, namespace, uid } = metadata;
  return {
    ip: status?.podIP ?? "",
    ...(spec.nodeName === undefined ? {} : { nodeName: spec.nodeName }),
    targetRef: { kind: "Pod", namespace, name, uid },
  };
}
