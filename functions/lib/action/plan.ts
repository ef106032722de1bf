import { type Hold, hold } from "../effect/index.ts";
import type { Remediation } from "../incident/index.ts";
import type { Workload, WorkloadObjects } from "../workload/index.ts";
import type { ActionEffect } from "./effect.ts";
import type { ActionReason } from "./reasons.ts";

/** A remediation that is reserved, and the workload that it is about. */
export interface Order {
  entry: Remediation;
  workload: Workload;
  objects: WorkloadObjects;
}

/** How a change is written. */
export interface Writing {
  /** True when the change is in the cluster already, and only the mark on the workload is missing. */
  there: boolean;
  effects: readonly ActionEffect[];
}

/** Plans the writes of one remedy's changes, or says why they can't be written. Pure; the only thing that the action functions differ in. */
export type Plan = (order: Order) => Writing | Hold<ActionReason>;

/** These writes, in this order. */
export function writing(...effects: ActionEffect[]): Writing {
  return { there: false, effects };
}

/** The change is there; these writes only record it. */
export function alreadyThere(...effects: ActionEffect[]): Writing {
  return { there: true, effects };
}

/** The change is another remedy's: whoever wrote that entry was not diagnose. */
export function notMine({ change, remedy }: Remediation): Hold<"NotReserved"> {
  return hold("NotReserved", `${change.what} is no ${remedy}`);
}
