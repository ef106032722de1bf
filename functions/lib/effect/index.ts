/**
 * A decision is a value: act with effects, or hold with a reason. Deciding has no effects;
 * dry run, replay and the sandbox are other performers of the same decisions.
 */
export type Decision<Effect, Reason extends string = string> = Act<Effect> | Hold<Reason>;

/** Do these effects, in this order. */
export interface Act<Effect> {
  readonly verdict: "act";
  readonly reason: string;
  readonly effects: readonly Effect[];
}

/** Deliberately do nothing, with a reason out of a closed list. */
export interface Hold<Reason extends string = string> {
  readonly verdict: "hold";
  readonly reason: Reason;
  /** One sentence for people: what was seen, against which limit. */
  readonly message: string;
}

/** The verdict to act. */
export function act<Effect>(reason: string, ...effects: Effect[]): Act<Effect> {
  return { verdict: "act", reason, effects };
}

/** The verdict to hold. */
export function hold<Reason extends string>(reason: Reason, message: string): Hold<Reason> {
  return { verdict: "hold", reason, message };
}
