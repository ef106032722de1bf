import type { Store } from "../../api/index.ts";
import { isActive, type Pod, type Service } from "../objects.ts";
import { selects } from "../service/targets.ts";

/** One group of targets, as Prometheus' http_sd reads it. */
export interface TargetGroup {
  targets: string[];
  labels: Record<string, string>;
}

/** The running pods annotated `prometheus.io/scrape: "true"`, labelled as a ServiceMonitor of their Service would. */
export function discover(store: Store): TargetGroup[] {
  return store.list<Pod>("pods").flatMap((pod) => {
    const { namespace, name, annotations = {} } = pod.metadata;
    const { podIP, phase } = pod.status ?? {};
    if (annotations["prometheus.io/scrape"] !== "true" || !podIP || phase !== "Running" || !isActive(pod)) return [];
    const [container] = pod.spec.containers;
    const port = annotations["prometheus.io/port"] ?? container?.ports?.[0]?.containerPort;
    if (port === undefined) return [];
    const service = store.list<Service>("services", { namespace }).find((one) => selects(one, pod))?.metadata.name;
    const labels = {
      namespace,
      pod: name,
      container: container?.name ?? "",
      ...(service === undefined ? {} : { service, job: service }),
    };
    return [{ targets: [`${podIP}:${port}`], labels }];
  });
}
