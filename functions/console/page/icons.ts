/** Icons, drawn in lines on 24 × 24; words beside them say the same, so they are hidden from screen readers. */
import type { Step } from "../story.ts";
import type { State } from "../words.ts";
import { Html } from "./html.ts";

const check = '<path d="m8 12.5 2.8 2.8L16 9.5"/>';
const circle = '<circle cx="12" cy="12" r="9"/>';
const pause = '<path d="M10 9v6M14 9v6"/>';
const person = '<circle cx="12" cy="8" r="3.5"/><path d="M5 20c.6-4 3.3-6 7-6s6.4 2 7 6"/>';

const stateShapes: Readonly<Record<State, string>> = {
  Healthy: circle + check,
  Degraded: '<path d="M12 4 2.8 20h18.4z"/><path d="M12 10.5v4.2M12 17.3v.1"/>',
  Healing: '<path d="M20 12a8 8 0 0 1-14.2 5M4 12a8 8 0 0 1 14.2-5"/><path d="M18.5 3v4.2h-4.2M5.5 21v-4.2h4.2"/>',
  Held: circle + pause,
  NeedsPerson: person,
};

const stepShapes: Readonly<Record<Step["kind"], string>> = {
  Alert: '<path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15zM10 20.5h4"/>',
  Diagnosis: '<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5.5 5.5"/>',
  Action:
    '<path d="M14.5 6.5a4.5 4.5 0 0 1 5.7-1l-2.9 2.9 1.8 1.8 2.2-2.7a4.5 4.5 0 0 1-6.3 4.7L8.5 18.7a2.1 2.1 0 0 1-3-3l6.6-6.6a4.5 4.5 0 0 1 2.4-2.6z"/>',
  Hold: circle + pause,
  Proof: '<path d="M2.5 12.5h4l2.5-6 4.5 12 3-6h5"/>',
  Escalation: person,
  Outcome: circle + check,
};

function icon(shape: string, name: string): Html {
  return new Html(`<svg class="icon ${name}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${shape}</svg>`);
}

/** The icon of a workload's state. */
export function stateIcon(state: State): Html {
  return icon(stateShapes[state], `state-${state}`);
}

/** The icon of a story's step. */
export function stepIcon(kind: Step["kind"]): Html {
  return icon(stepShapes[kind], `step-${kind}`);
}
