/** One state of an incident, as it was seen. */
export interface IncidentState {
  /** The incident's name. */
  incident: string;
  /** The workload's name; `<Kind>/<name>` of what else its alerts point at. */
  of: string;
  /** The names of its alerts. */
  alerts: readonly string[];
  /** When it was first seen so, in ms since the epoch. */
  at: number;
  phase: string;
  cause?: string;
  /** What speaks for the cause, and why it holds, in AutoHeal's words. */
  because?: string;
  hold?: string;
  outcome?: string;
  remediations: readonly SeenRemediation[];
  /** Messages that were sent. */
  sent: readonly { event: string; channel: string }[];
}

/** A remediation in an incident's ledger. */
export interface SeenRemediation {
  id: string;
  remedy: string;
  /** What it writes, such as `restartPods`. */
  what: string;
  /** False while it is only requested, and when it was refused. */
  applied: boolean;
  outcome?: string;
  /** The uids of the pods that it may delete. */
  pods: readonly string[];
}

/** What became of a workload's object, or of an autoscaler, named `HorizontalPodAutoscaler/<name>`. */
export interface SeenObject {
  name: string;
  /** Changes of its spec that the runner did not make. */
  foreignWrites: number;
  /** Every value of the annotation `autoheal.dev/remediation`. */
  marks: readonly string[];
  /** When it was last seen with fewer available pods than it should have, in ms since the epoch. */
  unhealthyAt?: number;
}

/** All that was seen while a scenario was played. */
export interface Observations {
  /** Oldest first. */
  states: readonly IncidentState[];
  objects: readonly SeenObject[];
  /** Pods that somebody deleted who is neither the runner nor a rollout. */
  deletions: readonly { of: string; pod: string; uid: string }[];
  /** When the first thing was broken, in ms since the epoch. */
  brokenAt: number;
  /** When all that is expected was so; absent when it never was. */
  metAt?: number;
  endedAt: number;
  /** Why the scenario could not be played to its end. */
  failure?: string;
}

/** The states of the latest incident of a workload, oldest first. */
export function latestIncident(states: readonly IncidentState[], of: string): IncidentState[] {
  const mine = states.filter((state) => state.of === of);
  const names = [...new Set(mine.map(({ incident }) => incident))];
  return mine.filter(({ incident }) => incident === names.at(-1));
}

/** What was seen that should not have been, where nothing is expected. */
export function unexpected(states: readonly IncidentState[], nothing: true | string): IncidentState[] {
  return nothing === true ? [...states] : states.filter(({ alerts }) => alerts.includes(nothing));
}

/** The last state of each incident of the namespace. */
export function lastStates(states: readonly IncidentState[]): IncidentState[] {
  return [...new Map(states.map((state) => [state.incident, state])).values()];
}

/** Remediations that were carried out, by workload, oldest first; those that took something back are among them. */
export function actionsOn(states: readonly IncidentState[], of: string): SeenRemediation[] {
  return lastStates(states)
    .filter((state) => state.of === of)
    .flatMap(({ remediations }) => remediations)
    .filter(({ applied }) => applied);
}

/** What an action is called: its remedy, or that it was taken back. */
export function actionName({ id, remedy }: SeenRemediation): string {
  return id.endsWith("-undo") ? `undo ${remedy}` : remedy;
}
