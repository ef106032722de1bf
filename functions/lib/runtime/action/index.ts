/** The runtime of the action functions: their configuration, and how they take a request, log it and answer. */
import { type ActionSettings, type Doors, type Plan, parseNote, reportOf, runAction } from "../../action/index.ts";
import { eventType, type OutgoingEvent } from "../../event/index.ts";
import type { Remedy } from "../../remedy/index.ts";
import { done, type Environment, type Handler, list, poison, readConfig, text, url } from "../index.ts";

/** What every action function reads from its environment. */
export interface ActionConfig {
  /** The Broker "healing". */
  sink: string;
  /** AutoHeal's own namespace, protected whatever else is. */
  ownNamespace: string;
  settings: ActionSettings;
}

/** Reads an action function's environment; throws ConfigError naming every bad variable. */
export function readActionConfig(environment: Environment): ActionConfig {
  const { sink, ownNamespace, protectedNamespaces, alertmanager } = readConfig(environment, {
    sink: url("K_SINK"),
    ownNamespace: text("AUTOHEAL_NAMESPACE", "autoheal"),
    protectedNamespaces: list("AUTOHEAL_PROTECTED_NAMESPACES", "kube-system,kube-public,kube-node-lease"),
    alertmanager: url("ALERTMANAGER_URL", ""),
  });
  const settings = {
    protectedNamespaces: [...protectedNamespaces, ownNamespace],
    confirmAlerts: alertmanager !== "",
  };
  return { sink, ownNamespace, settings };
}

/** What an action function works with. */
export interface ActionParts {
  remedy: Remedy;
  plan: Plan;
  settings: ActionSettings;
  doors: Doors;
  post: (event: OutgoingEvent, traceparent?: string) => Promise<void>;
}

/** Handles `remedy.requested`: decides, writes, tells what came of it, and logs one line. */
export function handleAction({ remedy, plan, settings, doors, post }: ActionParts): Handler {
  return async (event, { traceparent, log }) => {
    if (event.type !== eventType("remedy.requested")) return poison(`an event of type ${event.type} is not taken`);
    const note = parseNote(event.data);
    if (!note) return poison("its data names no remediation of an incident");
    const { seen, decision } = await runAction({ remedy, plan, note, settings }, doors);
    const { namespace, name } = note.incident;
    const { verdict, reason } = decision;
    const why = decision.verdict === "hold" ? decision.message : decision.effects.map((effect) => effect.do).join(" ");
    const subject = seen.incident?.spec.subject;
    const line = { remediation: note.remediation, incident: `${namespace}/${name}`, subject, verdict, reason, why };
    log.info({ ...line, traceparent }, "remediation decided");
    const report = reportOf(remedy, note, seen.incident, decision);
    if (report) await post(report, traceparent);
    return done;
  };
}
