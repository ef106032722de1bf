/** Durable counters: computed from the Incidents that the cluster holds, so that no restart of ours resets them. */
import { healMs, type Incident, isOpen } from "@autoheal/lib/incident";
import { Counter, Gauge, Histogram, type Registry } from "@autoheal/lib/runtime";

const phases = ["Open", "Remediating", "Proving", "Held", "Escalated"] as const;

/** Upper bounds in seconds: a heal takes from some seconds (sandbox) to the better part of an hour. */
const healBuckets = [5, 10, 20, 30, 60, 120, 300, 600, 1200, 3600];

/** Adds the metrics of these incidents to a registry. */
export function addIncidentMetrics(registry: Registry, incidents: readonly Incident[]): void {
  const registers = [registry];
  const closed = new Counter({
    name: "autoheal_incidents_total",
    help: "Closed incidents, by cause and outcome.",
    labelNames: ["cause", "outcome"],
    registers,
  });
  const open = new Gauge({
    name: "autoheal_incidents_open",
    help: "Open incidents, by phase.",
    labelNames: ["phase"],
    registers,
  });
  const remediations = new Counter({
    name: "autoheal_remediations_total",
    help: "Finished remediations, by remedy and outcome.",
    labelNames: ["remedy", "outcome"],
    registers,
  });
  const holds = new Counter({
    name: "autoheal_holds_total",
    help: "Incidents and remediations that were held, by reason.",
    labelNames: ["reason"],
    registers,
  });
  const timeToHeal = new Histogram({
    name: "autoheal_time_to_heal_seconds",
    help: "Time from the first alert to the proven recovery, of closed incidents that recovered.",
    buckets: healBuckets,
    registers,
  });

  for (const phase of phases) open.set({ phase }, 0);
  for (const incident of incidents) {
    const { status } = incident;
    if (isOpen(incident)) open.inc({ phase: status?.phase ?? "Open" });
    else closed.inc({ cause: status?.diagnosis?.cause ?? "None", outcome: status?.outcome ?? "None" });
    if (status?.hold) holds.inc({ reason: status.hold.reason });
    for (const { state, remedy, outcome, reason } of status?.remediations ?? []) {
      if (state !== "Finished") continue;
      remediations.inc({ remedy, outcome: outcome ?? "None" });
      if (outcome === "Held") holds.inc({ reason: reason ?? "None" });
    }
    const took = healMs(incident);
    if (!isOpen(incident) && took !== undefined) timeToHeal.observe(took / 1000);
  }
}
