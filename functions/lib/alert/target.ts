/** The kinds of workload that AutoHeal heals. */
export const workloadKinds = ["Deployment", "StatefulSet", "DaemonSet"] as const;

/** One of the kinds of workload that AutoHeal heals. */
export type WorkloadKind = (typeof workloadKinds)[number];

/** What an alert's labels point at; `diagnose` follows it to the workload that owns it. */
export type Target =
  | { by: "workload"; namespace: string; kind: WorkloadKind; name: string }
  | { by: "pod"; namespace: string; name: string }
  | { by: "container"; namespace: string; name: string }
  | { by: "service"; namespace: string; name: string }
  | { by: "hpa"; namespace: string; name: string }
  | { by: "node"; name: string }
  | {
      by: "nothing";
      why: "NoTargetLabels" | "NoNamespace" | "SeveralWorkloads" | "BadWorkloadLabel" | "ForeignCluster";
    };

type Labels = Readonly<Record<string, string>>;

/**
 * Reads the target from an alert's labels. Workload labels come before `pod`: alerts on kube-state-metrics' own
 * series carry the exporter's pod beside the deployment they mean.
 * `cluster` is this cluster's name; an alert with another `cluster` label is none of ours. An empty name accepts any.
 */
export function targetOf(given: Labels, cluster = ""): Target {
  if (cluster && given.cluster && given.cluster !== cluster) return { by: "nothing", why: "ForeignCluster" };
  const labels = given.exported_namespace ? { ...given, ...exported(given) } : given;
  const namespace = labels.namespace;
  const explicit = labels.autoheal_workload;
  if (explicit) return explicitTarget(namespace, explicit);
  const named = workloadKinds.flatMap((kind) => {
    const name = labels[kind.toLowerCase()];
    return name ? [{ kind, name }] : [];
  });
  if (named.length > 1) return { by: "nothing", why: "SeveralWorkloads" };
  const [only] = named;
  if (only) return within(namespace, (ns) => ({ by: "workload", namespace: ns, ...only }));
  for (const [label, by] of [
    ["horizontalpodautoscaler", "hpa"],
    ["pod", "pod"],
    ["container", "container"],
    ["service", "service"],
  ] as const) {
    const name = labels[label];
    if (name) return within(namespace, (ns) => ({ by, namespace: ns, name }));
  }
  if (labels.node) return { by: "node", name: labels.node };
  return { by: "nothing", why: "NoTargetLabels" };
}

/** Labels by which Prometheus says where it scraped. */
const scraped = ["namespace", "pod", "container", "service", "node"];

/**
 * What the series itself says it is about. Where an exporter is scraped without `honor_labels`, Prometheus keeps that as
 * `exported_<label>`, and gives the exporter's own place the plain names (Prometheus, "scrape_config").
 */
function exported(labels: Labels): Record<string, string> {
  return Object.fromEntries(scraped.map((label) => [label, labels[`exported_${label}`] ?? ""]));
}

/** `autoheal_workload` is `<kind>/<name>`, or `<name>` for a Deployment. */
function explicitTarget(namespace: string | undefined, label: string): Target {
  const [first = "", second, ...rest] = label.split("/");
  const kind = second === undefined ? "Deployment" : workloadKinds.find((k) => k.toLowerCase() === first.toLowerCase());
  const name = second ?? first;
  if (!kind || !name || rest.length > 0) return { by: "nothing", why: "BadWorkloadLabel" };
  return within(namespace, (ns) => ({ by: "workload", namespace: ns, kind, name }));
}

function within(namespace: string | undefined, target: (namespace: string) => Target): Target {
  return namespace ? target(namespace) : { by: "nothing", why: "NoNamespace" };
}

/** `namespace/kind/name` of what the labels point at: the `subject` of events, and the key of batches. */
export function targetSubject(target: Target): string {
  switch (target.by) {
    case "workload":
      return `${target.namespace}/${target.kind}/${target.name}`;
    case "pod":
      return `${target.namespace}/Pod/${target.name}`;
    case "container":
      return `${target.namespace}/Container/${target.name}`;
    case "service":
      return `${target.namespace}/Service/${target.name}`;
    case "hpa":
      return `${target.namespace}/HorizontalPodAutoscaler/${target.name}`;
    case "node":
      return `/Node/${target.name}`;
    case "nothing":
      return `/Nothing/${target.why}`;
  }
}
