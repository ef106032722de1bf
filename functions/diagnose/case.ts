import type { Signals, Trouble } from "@autoheal/lib/evidence";
import type { IncidentStatus } from "@autoheal/lib/incident";
import type { Workload } from "@autoheal/lib/workload";
import type { Observed } from "./observe.ts";
import type { Settings } from "./settings.ts";

/** What was observed, with what every part of a decision needs made certain. */
export interface Case {
  observed: Observed;
  settings: Settings;
  status: IncidentStatus;
  workload: Workload;
  signals: Signals;
  troubles: readonly Trouble[];
  now: Date;
}
