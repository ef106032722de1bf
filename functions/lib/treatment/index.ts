/** A treatment is the remedy that fits a diagnosis, with the one thing that it would write; or the reason why there is none. */
export { type Memory, relapses } from "./relapse.ts";
export {
  againstUndo,
  ladders,
  type Treatment,
  type TreatmentReason,
  templateAfter,
  treatmentOf,
  undoOf,
} from "./treatment.ts";
