import type { Store } from "../../api/index.ts";
import { isActive, isReady, type Pod, type Service } from "../objects.ts";

/** Whether a Service's selector matches a pod; no selector matches none. */
export function selects({ spec }: Service, { metadata }: Pod): boolean {
  const labels = Object.entries(spec.selector ?? {});
  return labels.length > 0 && labels.every(([label, value]) => metadata.labels?.[label] === value);
}

/** Where a Service's port leads now: the host and port of each of its pods that is ready. */
export function readyTargets(store: Store, service: Service, port: number): { host: string; port: number }[] {
  const { targetPort = port } = service.spec.ports?.find((one) => one.port === port) ?? {};
  const pods = store.list<Pod>("pods", { namespace: service.metadata.namespace });
  return pods.flatMap((pod) => {
    const named = pod.spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === targetPort);
    const number = typeof targetPort === "number" ? targetPort : named?.containerPort;
    const host = pod.status?.podIP;
    const isTarget = selects(service, pod) && isActive(pod) && isReady(pod);
    return isTarget && host !== undefined && number !== undefined ? [{ host, port: number }] : [];
  });
}
