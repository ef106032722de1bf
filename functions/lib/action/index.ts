/**
 * An action is what an action function does with a request: it looks whether it was done before, whether it is still
 * wanted and allowed, and plans the writes. Doing it twice, or after a crash at any point, is doing it once.
 */
export { type ActionDecision, type ActionSettings, decideAction, type Request, type Seen } from "./decide.ts";
export { type ActionEffect, marked, markOnly, mergeSpec, type Operation, type Patched, refOf } from "./effect.ts";
export { parseNote } from "./note.ts";
export { alreadyThere, notMine, type Order, type Plan, type Writing, writing } from "./plan.ts";
export type { ActionReason } from "./reasons.ts";
export { reportOf } from "./report.ts";
export { actionEnvironment, readingRights } from "./rights.ts";
export { type Doors, runAction, type Written } from "./run.ts";
