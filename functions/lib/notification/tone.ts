import type { OutboxEntry } from "../incident/index.ts";

/** AutoHeal's colours: teal where it is at work or done, dark blue where a person should look, on white. */
export const colours = { teal: "#009688", darkBlue: "#1A237E", white: "#FFFFFF" } as const;

/** How the events of an incident are told. */
export interface Tone {
  /** The reason of its Kubernetes Event, CamelCase. */
  reason: string;
  /** The state that it leads to, for people. */
  state: string;
  /** True where a person should look. */
  attention: boolean;
}

/** How each event is told. */
export const tones: Readonly<Record<OutboxEntry["event"], Tone>> = {
  opened: { reason: "IncidentOpened", state: "Open", attention: true },
  diagnosed: { reason: "IncidentDiagnosed", state: "Diagnosed", attention: false },
  held: { reason: "IncidentHeld", state: "Held", attention: true },
  proposed: { reason: "RemedyProposed", state: "Decision needed", attention: true },
  escalated: { reason: "IncidentEscalated", state: "Escalated", attention: true },
  recovered: { reason: "IncidentRecovered", state: "Recovered", attention: false },
  closed: { reason: "IncidentClosed", state: "Closed", attention: false },
};

/** The colour that an event is told in. */
export function colourOf(event: OutboxEntry["event"]): string {
  return tones[event].attention ? colours.darkBlue : colours.teal;
}
