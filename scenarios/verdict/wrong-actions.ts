import type { Scenario } from "../format/index.ts";
import { actionName, actionsOn, lastStates, type Observations } from "./observations.ts";

/** Changes of a spec; restarting pods marks the workload and changes no spec, an autoscaler's maximum is not the workload's. */
const writesSpec = new Set(["restartRollout", "rollBack", "setReplicas"]);

/** Everything that AutoHeal did, or that nobody knows the doer of, and that was not expected: one line each. */
export function wrongActions({ expect, forbid = [] }: Scenario, seen: Observations): string[] {
  return [...unexpected(expect, seen), ...forbidden(forbid, seen), ...unexplained(seen)];
}

function unexpected(expect: Scenario["expect"], { states }: Observations): string[] {
  const workloads = [...new Set(states.map(({ of }) => of))];
  return workloads.flatMap((of) => {
    const allowed: string[] = [...((of === expect.of ? expect.actions : expect.others?.[of]?.actions) ?? [])];
    return actionsOn(states, of).flatMap((action) => {
      const name = actionName(action);
      const at = allowed.indexOf(name);
      if (at < 0) return [`${name} of ${of}`];
      allowed.splice(at, 1);
      return [];
    });
  });
}

/** What was carried out is counted above. */
function forbidden(forbid: readonly string[], { states }: Observations): string[] {
  return lastStates(states).flatMap(({ of, remediations }) =>
    remediations
      .filter(({ remedy, applied }) => !applied && forbid.includes(remedy))
      .map(({ remedy }) => `${remedy} of ${of} was requested`),
  );
}

/** Writes, marks and deletions that no remediation of the namespace's incidents explains. */
function unexplained({ states, objects, deletions }: Observations): string[] {
  const known = lastStates(states).flatMap(({ of, remediations }) => remediations.map((entry) => ({ of, ...entry })));
  const lines: string[] = [];
  for (const { name, foreignWrites, marks } of objects) {
    const own = known.filter(({ of, what, applied }) => {
      const writes = name.includes("/") ? what === "setMaxReplicas" : of === name && writesSpec.has(what);
      return applied && writes;
    });
    if (foreignWrites > own.length) lines.push(`${foreignWrites - own.length} unexplained changes of ${name}`);
    for (const mark of marks) {
      if (!known.some(({ id }) => id === mark)) lines.push(`${name} is marked by ${mark}, which is in no ledger`);
    }
  }
  const deletable = new Set(known.filter(({ applied }) => applied).flatMap(({ pods }) => pods));
  for (const { of, pod, uid } of deletions) {
    if (!deletable.has(uid)) lines.push(`pod ${pod} of ${of} was deleted`);
  }
  return lines;
}
