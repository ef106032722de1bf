import type { Cluster } from "@autoheal/lib/drivers/kubernetes";
import { type Margins, type Past, readPasts } from "./past.ts";

/** On a namespace or a workload: `true` has it scored at each tick. A workload's own word beats its namespace's. */
const watchLabel = "autoheal.dev/anomalies";

/** Every workload that somebody opted in, with its past. */
export async function readWatched(cluster: Cluster, now: Date, margins: Margins): Promise<Past[]> {
  const namespaces = await cluster.list("namespaces", { labelSelector: `${watchLabel}=true` });
  const on = new Set(namespaces.map(({ metadata }) => metadata.name));
  return readPasts(
    cluster,
    {},
    ({ namespace, labels }) => (labels[watchLabel] ?? String(on.has(namespace))) === "true",
    now,
    margins,
  );
}
