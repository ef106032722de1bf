/** The verdict: what was seen of a scenario, judged against what it expects. Pure. */
export { judge, type Row } from "./judge.ts";
export {
  type IncidentState,
  latestIncident,
  type Observations,
  type SeenObject,
  type SeenRemediation,
} from "./observations.ts";
export { table } from "./table.ts";
export { unmet } from "./unmet.ts";
export { wrongActions } from "./wrong-actions.ts";
