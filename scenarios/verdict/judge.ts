import type { Scenario } from "../format/index.ts";
import { actionName, actionsOn, type IncidentState, latestIncident, type Observations } from "./observations.ts";
import { causesOfActions, isLeftAlone, unmet } from "./unmet.ts";
import { wrongActions } from "./wrong-actions.ts";

/** The result of a scenario, a row of the table. */
export interface Row {
  scenario: string;
  /** An incident was opened. */
  detected: boolean;
  cause: string | null;
  verdict: "act" | "hold" | null;
  /** What was carried out on the workload, joined by commas; null: nothing. */
  action: string | null;
  /** Its incident closed as Succeeded; where a hold is expected: it holds, for that reason. */
  healed: boolean;
  /** It stayed so: no new incident, no further action, and where it was healed the workload healthy. */
  stable: boolean;
  /** From the first fault until all was as expected, or until it was given up. */
  seconds: number;
  /** How many things were done that should not have been. */
  wrongActions: number;
  pass: boolean;
  /** Why it fell short, a sentence each. */
  shortfalls: string[];
}

/** Judges what was seen of a scenario. */
export function judge(scenario: Scenario, seen: Observations): Row {
  const { expect } = scenario;
  const { states, brokenAt, metAt, endedAt } = seen;
  const story = latestIncident(states, expect.of);
  const last = story.at(-1);
  const missing = unmet(expect, states);
  const wrong = wrongActions(scenario, seen);
  const unstable = instabilities(scenario, seen);
  const actions = actionsOn(states, expect.of).map(actionName);
  const shortfalls = [
    ...(seen.failure ? [seen.failure] : []),
    ...missing,
    ...wrong.map((line) => `wrong: ${line}`),
    ...unstable,
  ];
  return {
    scenario: scenario.name,
    detected: story.length > 0,
    cause: causeOf(scenario, seen, story),
    verdict: !last ? null : last.outcome === "Succeeded" || !last.hold ? (actions.length > 0 ? "act" : null) : "hold",
    action: actions.join(", ") || null,
    healed: expect.nothing ? missing.length === 0 : settled(scenario, last),
    stable: metAt !== undefined && unstable.length === 0,
    seconds: Math.round(((metAt ?? endedAt) - brokenAt) / 100) / 10,
    wrongActions: wrong.length,
    pass: metAt !== undefined && shortfalls.length === 0,
    shortfalls,
  };
}

function settled({ expect }: Scenario, last: IncidentState | undefined): boolean {
  if (expect.hold) return last?.hold === expect.hold;
  return last?.outcome === (isLeftAlone(expect) ? "Held" : "Succeeded");
}

/** The cause that was acted on or held for; else the last one that stood there. */
function causeOf({ expect }: Scenario, { states }: Observations, story: readonly IncidentState[]): string | null {
  const held = expect.hold ? story.findLast(({ hold, cause }) => hold === expect.hold && cause)?.cause : undefined;
  return held ?? causesOfActions(states, expect.of).at(-1) ?? story.findLast(({ cause }) => cause)?.cause ?? null;
}

/** What happened after all was as expected and should not have. */
function instabilities({ expect }: Scenario, { states, objects, metAt }: Observations): string[] {
  // Where nothing is expected, what is missing says it all.
  if (metAt === undefined || expect.nothing) return [];
  const lines: string[] = [];
  const before = new Set(states.filter(({ at }) => at <= metAt).map(({ incident }) => incident));
  const fresh = states.find(({ of, incident }) => of === expect.of && !before.has(incident));
  if (fresh) lines.push(`not stable: incident ${fresh.incident} was opened afterwards`);
  const unhealthyAt = objects.find(({ name }) => name === expect.of)?.unhealthyAt ?? 0;
  if (expect.actions && !expect.hold && unhealthyAt > metAt)
    lines.push(`not stable: ${expect.of} lost pods afterwards`);
  return lines;
}
