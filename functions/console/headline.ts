import { healMs, type Incident, type IncidentStatus } from "@autoheal/lib/incident";
import { causeText, phrase, reasonText } from "@autoheal/lib/notification";
import { durationText, remediationText, sentence } from "./words.ts";

/** One line about an incident: what it is about, and where it stands. */
export function headlineOf(incident: Incident, status: IncidentStatus): string {
  const { diagnosis, hold, remediations, outcome, phase } = status;
  const [alert] = status.alerts;
  const what = diagnosis ? sentence(causeText(diagnosis.cause)) : (alert?.name ?? "Trouble");
  const last = remediations.at(-1);
  const remedy = last ? remediationText(last).toLowerCase() : undefined;
  switch (phase) {
    case "Open":
      return `${what}: ${diagnosis ? "deciding" : "looking for the cause"}`;
    case "Remediating":
      return `${what}: ${remedy ?? "remedy"} under way`;
    case "Proving":
      return `${what}: ${remedy ?? "remedy"} written, proving that it worked`;
    case "Held":
      return `${what}: held${hold && hold.reason !== diagnosis?.cause ? `, ${reasonText(hold.reason)}` : ""}`;
    case "Escalated":
      return `${what}: needs a person`;
    case "Closed": {
      const took = healMs(incident);
      const healed = outcome === "Succeeded" && remedy ? `healed by ${remedy}` : "recovered";
      return `${what}: ${took === undefined ? phrase(outcome ?? "closed") : `${healed} in ${durationText(took)}`}`;
    }
  }
}
