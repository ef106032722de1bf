import type { Expectation } from "../format/index.ts";
import { actionName, actionsOn, type IncidentState, latestIncident, unexpected } from "./observations.ts";

type View = Pick<Expectation, "cause" | "actions" | "hold" | "closed">;

/** What is expected and not so yet, one sentence each; empty: all is as it should be. */
export function unmet(expect: Expectation, states: readonly IncidentState[]): string[] {
  if (expect.nothing) {
    const [first] = unexpected(states, expect.nothing);
    return first
      ? [
          `expected no incident${expect.nothing === true ? "" : ` with ${expect.nothing}`}, but there is ${first.incident}`,
        ]
      : [];
  }
  const missing = missingOf(expect.of, expect, states, "now");
  for (const [name, view] of Object.entries(expect.others ?? {}))
    missing.push(...missingOf(name, view, states, "ever"));
  const sent = states.filter(({ of }) => of === expect.of).flatMap((state) => state.sent);
  for (const { event, channel } of expect.told ?? []) {
    if (!sent.some((one) => one.event === event && one.channel === channel)) {
      missing.push(`expected to be told of ${expect.of} "${event}" by ${channel}`);
    }
  }
  return missing;
}

/** `now`: how it ends counts; `ever`: it is enough that it was seen. */
function missingOf(of: string, view: View, states: readonly IncidentState[], when: "now" | "ever"): string[] {
  const story = latestIncident(states, of);
  const last = story.at(-1);
  if (!last) return [`expected an incident of ${of}`];
  const missing: string[] = [];
  const done = actionsOn(states, of).map(actionName);
  const wanted = view.actions ?? [];
  if (done.join() !== wanted.join()) {
    missing.push(`expected of ${of} the actions ${said(wanted)}, but they are ${said(done)}`);
  }
  if (view.hold) {
    const held = story.filter((state) => state.hold === view.hold && fits(state, view));
    if (held.length === 0) missing.push(`expected ${of} to hold ${view.hold}${withCause(view)}, but ${shown(last)}`);
    else if (when === "now" && last.hold !== view.hold)
      missing.push(`expected ${of} to hold ${view.hold} in the end, but ${shown(last)}`);
  } else if (wanted.length > 0) {
    if (last.outcome !== "Succeeded") missing.push(`expected ${of} to be healed, but ${shown(last)}`);
    const causes = causesOfActions(states, of);
    if (view.cause && causes.some((cause) => cause !== view.cause)) {
      missing.push(`expected ${of} to be treated for ${view.cause}, but it was ${said(causes)}`);
    }
  } else if (view.cause && !story.some((state) => fits(state, view))) {
    missing.push(`expected ${of} to be diagnosed ${view.cause}, but ${shown(last)}`);
  }
  if (isLeftAlone(view) && last.outcome !== "Held") {
    missing.push(`expected ${of} to be left alone until it is over, but ${shown(last)}`);
  }
  if (view.closed && last.phase !== "Closed") missing.push(`expected ${of}'s incident to close, but ${shown(last)}`);
  return missing;
}

/** It closes without an action; why it held in the end does not matter. */
export function isLeftAlone({ actions = [], hold, closed }: View): boolean {
  return closed === true && actions.length === 0 && hold === undefined;
}

function fits({ cause }: IncidentState, view: View): boolean {
  return view.cause === undefined || view.cause === cause;
}

/** The cause that stood there when each action was first seen. */
export function causesOfActions(states: readonly IncidentState[], of: string): string[] {
  return actionsOn(states, of).flatMap(({ id }) => {
    const first = states.find((state) => state.remediations.some((remediation) => remediation.id === id));
    return first?.cause ?? [];
  });
}

function said(words: readonly string[]): string {
  return words.join(", ") || "none";
}

function withCause({ cause }: View): string {
  return cause ? ` for ${cause}` : "";
}

function shown({ phase, cause, hold, outcome }: IncidentState): string {
  return `it is ${[phase, outcome, cause, hold && `hold ${hold}`].filter(Boolean).join(", ")}`;
}
